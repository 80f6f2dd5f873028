import { KEYS } from './keys'

/** How keys are called on a German keyboard. */
const NAMES: readonly [RegExp, string][] = [[/\bSpace\b/, 'Leertaste'], [/\bPageDown\b/, 'Bild ↓'], [/\bPageUp\b/, 'Bild ↑'], [/\bShift\b/, 'Umschalt'], [/\bCtrl\b/, 'Strg'], [/\bEscape\b/, 'Esc']]

export const press = (keys: string): string => NAMES.reduce((text, [key, name]) => text.replace(key, name), keys)

/** What each of the keys does, by how it is written in English. */
export const DOES: Readonly<Record<string, string>> = {
  Space: 'Zeit laufen lassen und anhalten',
  '→   PageDown': 'Schritt vor; solange einer sich bewegt, ihn beenden',
  '←   PageUp': 'Schritt zurück',
  'Shift + →': 'Nächster Abschnitt',
  'Ctrl + →': 'Nächste Nachricht',
  '1 … 7': 'Eine Schicht betrachten, die anderen blasser; 1: auch die Bits auf dem Kabel',
  0: 'Wieder alle Schichten betrachten',
  '+   −': 'Zoom: Fluss, Rahmenzug, Paket, Byte, Bits',
  P: 'Dieses Paket anheften; zwei zeigen ihren Unterschied',
  T: 'Stammbaum dieses Bildes',
  O: 'Was die Header kosten',
  F: 'Das Feld als Anzeigefilter kopieren',
  D: 'Was wäre, wenn dieses Paket verloren ginge',
  N: 'Nächstes Problem',
  V: 'Nächste Ansicht: Tal, Leiter, Diagramme',
  U: 'Bis zu einem Ereignis laufen',
  L: 'Zu live',
  B: 'Seite verdunkeln und wieder zeigen',
  'Ctrl + K': 'Alle Befehle, durch Schreiben gefunden',
  '?': 'Diese Hilfe',
}

/** German. */
export const keys = KEYS.map((key) => ({ keys: press(key.keys), does: DOES[key.keys] ?? key.does }))
