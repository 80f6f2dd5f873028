/** In German, what the page's state and the server say in one of a few English sentences. */
export const heard: Readonly<Record<string, string>> = {
  'Requests need the room’s key.': 'Anfragen brauchen den Schlüssel des Raums.',
  'This is a recording of another network: what happened there cannot be changed.': 'Das ist der Mitschnitt eines anderen Netzes: Was dort geschah, lässt sich nicht ändern.',
  'This is another future: requests go to the original.': 'Das ist eine andere Zukunft: Anfragen gehen an das Original.',
  'Go live to send a request.': 'Anfragen sendet man nur live.',
  'No client is watched.': 'Kein Client ist gewählt.',
  'This client is a program of its own: it sends its requests itself.': 'Dieser Client ist ein eigenes Programm: Es sendet seine Anfragen selbst.',
  'This client is a program of its own: its buffer is inside it.': 'Dieser Client ist ein eigenes Programm: Sein Puffer liegt in ihm.',
  'This player does not send such requests.': 'Solche Anfragen sendet dieser Player nicht.',
  'Changing the weather needs the room’s key.': 'Um das Wetter zu ändern, braucht man den Schlüssel des Raums.',
  'This is another future: its weather follows the original’s.': 'Das ist eine andere Zukunft: Ihr Wetter folgt dem des Originals.',
  'So it was at this moment. Go live to change it.': 'So war es in diesem Augenblick. Ändern kann man es nur live.',
  'Another future needs the room’s key.': 'Eine andere Zukunft braucht den Schlüssel des Raums.',
  'The file could not be sent to the server.': 'Die Datei ließ sich nicht an den Server senden.',
}
