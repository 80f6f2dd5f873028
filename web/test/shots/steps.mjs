// Which steps of each lesson are shown in docs/screenshots: where it begins, where what it is
// about is seen, and what the run answers. Numbers are the lesson's stops, 0 its introduction.

/** A stop with its question answered. */
const answered = (stop) => ({ stop, answered: true })

/** @type {Record<string, (number | { stop: number, answered: boolean })[]>} */
const CHOSEN = {
  // The introduction; the header that Ethernet writes; how much of a frame a router reads.
  '01-one-message': [0, 5, answered(8)],
  // The first request in the ladder; the film on its own way; where it goes on after PAUSE.
  '02-conversation': [1, 7, answered(10)],
  // The question to all; the switch learns; what the neighbour had to hear.
  '03-arp-and-switch': [1, 4, answered(10)],
  // A question that waits; the JPEG header; what all headers together cost.
  '04-one-picture': [1, 2, answered(8)],
  // To another network; TTL and the checksum; what the router left untouched.
  '05-router': [1, answered(7), 10],
  // A frame is lost; the hole; how many pictures that spoils.
  '06-udp-loses': [2, 4, answered(5)],
  // Lost again, over TCP; what comes all at once; the balance in the charts.
  '07-tcp-repeats': [2, answered(5), 12],
  // Packets in a bunch; too late; the whole film in the charts.
  '08-jitter': [3, answered(5), 8],
  // The first fragment; the third of ten is lost; RTP cuts by itself.
  '09-fragments': [2, answered(7), 10],
  // The sender's report; the receiver's report; what the server does with it.
  '10-rtcp': [1, answered(4), 10],
  // ANNOUNCE in the ladder; the first packet for the viewer; the camera leaves.
  '11-publish': [1, answered(7), 10],
  // REDIRECT; the plug is pulled; the server forgets.
  '12-keep-alive': [4, answered(7), 11],
}

/** The steps of a lesson, each with the name of its files. A lesson that is not in the list shows its beginning and its first two stops. */
export function stepsOf(lesson) {
  return (CHOSEN[lesson] ?? [0, 1, 2]).map((one) => (typeof one === 'number' ? { stop: one, answered: false } : one)).map((step) => ({ ...step, name: step.stop === 0 ? 'introduction' : `stop-${step.stop}${step.answered ? '-answered' : ''}` }))
}

/** The lessons whose steps were chosen. */
export const CHOSEN_LESSONS = Object.keys(CHOSEN)

/** The sizes in which each step is shown: a projector, a notebook, a phone; and WebP's quality, 0 to 100, with which small letters stay sharp. */
export const SIZES = [
  { width: 1280, height: 720, quality: 6 },
  { width: 1366, height: 768, quality: 6 },
  { width: 390, height: 844, quality: 15 },
]
export const THEMES = ['light', 'dark']

/** The file of a picture, from the folder of all. */
export const fileOf = (lesson, step, size, theme) => `${lesson}/${step.name}-${size.width}x${size.height}-${theme}.webp`
