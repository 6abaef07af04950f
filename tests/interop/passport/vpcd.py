"""A card on a reader of vsmartcard: the driver listens, the card connects (vpcd's own framing)."""
# SPDX-License-Identifier: Apache-2.0
import socket
import struct
import threading

ATR = bytes.fromhex("3B80800101")
OFF, ON, RESET, GET_ATR = 0, 1, 2, 4


class Reader:
    """Connects at once; what lies on it is `chip`, which may be changed between taps."""

    def __init__(self, port=35963):
        self.chip = None
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.settimeout(None)
        threading.Thread(target=self.serve, daemon=True).start()

    def receive(self, n):
        data = b""
        while len(data) < n:
            # Not kept by the kernel. Without it the driver's second segment waits 40 ms for our acknowledgement.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self.socket.recv(n - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def serve(self):
        try:
            while True:
                (n,) = struct.unpack(">H", self.receive(2))
                data = self.receive(n)
                if n != 1:
                    answer = self.chip.transmit(data)
                elif data[0] == GET_ATR:
                    answer = ATR
                else:
                    if self.chip is not None:
                        self.chip.reset()
                    continue
                self.socket.sendall(struct.pack(">H", len(answer)) + answer)
        except (ConnectionError, OSError):
            pass

    def close(self):
        self.socket.close()
