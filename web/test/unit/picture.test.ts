import { describe, expect, it } from 'vitest'
import { readPicture, writePicture } from '../../src/wire'

describe('a picture message', () => {
  const picture = {
    run: 9,
    client: 7,
    picture: 258,
    missing: [{ left: 1, top: 2, width: 0x0304, height: 5 }],
    jpeg: Uint8Array.of(0xff, 0xd8),
  }
  it('has the octets that the server writes', () => {
    const octets = [9, 0, 0, 0, 7, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 4, 3, 5, 0, 0xff, 0xd8]
    expect([...new Uint8Array(writePicture(picture))]).toEqual(octets)
    expect(readPicture(Uint8Array.from(octets).buffer)).toEqual(picture)
  })
  it('is refused when cut short', () => {
    expect(readPicture(writePicture(picture).slice(0, 26))).toBeNull()
    expect(readPicture(new ArrayBuffer(18))).toBeNull()
  })
})
