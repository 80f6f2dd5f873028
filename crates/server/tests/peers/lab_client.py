"""A client in the manner of the well-known student project: a thread reads the answers by their
lines, another the pictures, and every request is one send() without an end.

Usage: lab_client.py PORT CLIP.mjpeg
"""

import socket
import sys
import threading

WANTED = 12
PATIENCE = 30.0


class Client:
    def __init__(self, port):
        self.control = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.settimeout(0.5)
        self.media.bind(("127.0.0.1", 0))
        self.number = 0
        self.session = 0
        self.answers = []
        self.answered = threading.Condition()
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        while True:
            answer = self.control.recv(1024)
            if not answer:
                return
            lines = answer.decode().split("\n")
            status = int(lines[0].split(" ")[1])
            number = int(lines[1].split(" ")[1])
            session = int(lines[2].split(" ")[1])
            with self.answered:
                if self.session == 0:
                    self.session = session
                self.answers.append((status, number, session))
                self.answered.notify()

    def ask(self, text):
        self.number += 1
        self.control.send(text.format(number=self.number).encode())
        with self.answered:
            came = self.answered.wait_for(lambda: self.answers, PATIENCE)
            assert came, "no answer to " + text
            answer = self.answers.pop(0)
        assert answer == (200, self.number, self.session), (text, answer)

    def pictures(self):
        shown, found = 0, []
        silent = 0
        while len(found) < WANTED:
            try:
                packet = self.media.recv(20480)
            except TimeoutError:
                silent += 1
                assert silent < PATIENCE / 0.5, "no pictures"
                continue
            number = packet[2] << 8 | packet[3]
            if number > shown:
                shown = number
                found.append((number, packet[12:]))
        return found


def main():
    clip = open(sys.argv[2], "rb").read()
    client = Client(int(sys.argv[1]))
    port = client.media.getsockname()[1]
    client.ask("SETUP movie.Mjpeg\n {number} \n RTSP/1.0 RTP/UDP " + str(port))
    client.ask("PLAY \n {number}")
    found = client.pictures()
    client.ask("PAUSE \n {number}")
    client.ask("TEARDOWN \n {number}")
    place = -1
    for number, picture in found:
        at = clip.find(picture)
        assert picture[:2] == b"\xff\xd8" and picture[-2:] == b"\xff\xd9", number
        assert at > place, "picture %d is not the clip's, or out of order" % number
        place = at
    print("%d pictures" % len(found))


main()
