import type { Rect } from '../wire'

const W = 640
const H = 360

/** Draws one picture of the pretended clip and answers it as JPEG. */
export async function drawPicture(number: number, holes: readonly Rect[]): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(W, H)
  const c = canvas.getContext('2d')
  if (!c) throw new Error('no 2d canvas')
  const colours = ['#CBD9E4', '#E3DDD0', '#D2DDD3', '#D9D3DC']
  colours.forEach((colour, i) => {
    c.fillStyle = colour
    c.fillRect((i % 2) * 320, i < 2 ? 0 : 180, 320, 180)
    c.fillStyle = '#6C7784'
    c.font = '700 40px Arial, "Liberation Sans", sans-serif'
    c.fillText('ABCD'[i] ?? '', i % 2 ? 590 : 22, i < 2 ? 52 : 238)
  })
  c.strokeStyle = '#5F7F97'
  c.lineWidth = 5
  c.beginPath()
  for (let x = 0; x <= W; x += 8) c.lineTo(x, 286 + 9 * Math.sin(x / 28 + number / 9))
  c.stroke()
  c.fillStyle = '#3B4A58'
  const boat = (number * 3) % W
  c.fillRect(boat - 40, 262, 80, 18)
  c.fillRect(boat - 3, 190, 6, 72)
  c.beginPath()
  c.arc(540, 104, 50, 0, 7)
  c.fillStyle = '#F7F5EE'
  c.fill()
  c.strokeStyle = '#3B4A58'
  c.stroke()
  c.beginPath()
  c.moveTo(540, 104)
  const angle = (number / 25) * Math.PI * 2 - Math.PI / 2
  c.lineTo(540 + 36 * Math.cos(angle), 104 + 36 * Math.sin(angle))
  c.lineWidth = 7
  c.stroke()
  c.fillStyle = '#1C242C'
  c.font = '700 128px Arial, "Liberation Sans", sans-serif'
  c.fillText(String(number).padStart(4, '0'), 84, 150)
  c.font = '400 44px Arial, "Liberation Sans", sans-serif'
  c.fillText((number / 25).toFixed(2).padStart(5, '0'), 88, 206)
  c.fillStyle = '#808080'
  for (const hole of holes) c.fillRect(hole.left, hole.top, hole.width, hole.height)
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 })
  return new Uint8Array(await blob.arrayBuffer())
}
