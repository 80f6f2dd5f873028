import type { NoticeWords } from './en-notices'

/** German. */
export const notice: NoticeWords = {
  acts: { start: 'Anfang dieses Laufs', tryNow: 'Jetzt versuchen', reload: 'Neu laden', show: 'Zeigen', follow: 'Dieser Anfrage folgen', watch: 'Zusehen', dismiss: 'Schließen' },
  lost: (seconds) => `Layercast antwortet nicht mehr. Was hier ist, lässt sich weiter durchgehen; ${seconds > 0 ? `nächster Versuch in ${seconds} s` : 'neuer Versuch jetzt'}.`,
  outdated: 'Layercast wurde erneuert, während diese Seite offen war. Zum Weitermachen neu laden.',
  historyLimit: (at, limit) => `Pakete vor ${at} sind nicht mehr da (Grenze ${limit}).`,
  movedOn: (at, limit) => `Pakete vor ${at} sind nicht mehr da (Grenze ${limit}), also geht es dort weiter, wo noch etwas ist.`,
  clientCame: (name, stood) => `${name} ist gekommen und nimmt teil.${stood ? ' Es kann nicht warten, also läuft das Netz weiter; hier bleibt alles stehen.' : ''}`,
  clientLeft: (name, at) => `${name ?? 'Ein Client'} ging bei ${at}; seine Pakete bleiben aufgezeichnet.`,
  refused: 'Das wurde abgelehnt.',
  noProblem: 'Nach diesem Augenblick liegt hier kein verlorenes oder verspätetes Paket.',
  sent: (fromServer, method, answer) =>
    `Der ${fromServer ? 'Server' : 'Client'} hat ${method ?? 'die nächste Anfrage'} gesendet, während die Zeit lief${answer === null ? '' : `, Antwort ${answer.status} ${answer.reason.slice(0, 20)}`}. Man kann ihr vom ersten Wort an folgen.`,
  inVain: (waited, last) => `PLAY wurde vor ${waited} angenommen, und kein Paket ist gekommen.${last === null ? '' : ` Zuletzt: ${last}.`}`,
  viewer: 'Das ist der Raum der Lehrkraft: Schritte macht jeder selbst, Anfragen brauchen den Schlüssel des Raums.',
}
