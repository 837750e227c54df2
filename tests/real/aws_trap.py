# SPDX-License-Identifier: MIT
"""In a network of its own where every address is this machine's: answers every DNS question with one address, accepts whoever
comes to ports 80 and 443 of any address, and writes a line for each into FILE. Ends when its input does.

    aws_trap.py FILE
"""
import selectors
import socket
import sys

TRAP = bytes([192, 0, 2, 99])


def name_in(question):
    labels, at = [], 12
    while at < len(question) and question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode('latin-1'))
        at += question[at] + 1
    return '.'.join(labels), at + 1


def answer(question):
    """A question's reply: the one address for type A, nothing for others."""
    _, end = name_in(question)
    is_a = question[end:end + 2] == b'\0\1'
    head = question[:2] + b'\x81\x80\0\1' + (b'\0\1' if is_a else b'\0\0') + b'\0\0\0\0'
    record = b'\xc0\x0c\0\1\0\1\0\0\0\x1e\0\4' + TRAP if is_a else b''
    return head + question[12:end + 4] + record


def main():
    log = open(sys.argv[1], 'w', buffering=1)
    ready = selectors.DefaultSelector()
    dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    dns.bind(('127.0.0.1', 53))
    ready.register(dns, selectors.EVENT_READ, 'dns')
    for port in (80, 443):
        door = socket.create_server(('0.0.0.0', port))
        ready.register(door, selectors.EVENT_READ, port)
    ready.register(sys.stdin, selectors.EVENT_READ, 'end')
    print('set', flush=True)
    while True:
        for key, _ in ready.select():
            if key.data == 'end':
                return
            if key.data == 'dns':
                question, whence = dns.recvfrom(4096)
                log.write(f'asked for {name_in(question)[0]}\n')
                dns.sendto(answer(question), whence)
            else:
                connection, _ = key.fileobj.accept()
                log.write(f'came to {connection.getsockname()[0]}:{key.data}\n')
                connection.close()


main()
