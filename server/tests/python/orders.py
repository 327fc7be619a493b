"""The program that started this one has the boards.

Each line on standard output asks it for something in JSON, and it answers with a line on standard input: `open`
makes a board and a server and says where, `now` sets the clock of the board, `close` ends both. The last line
is the report.
"""

import json
import sys


def say(message):
    print(json.dumps(message), flush=True)


def order(message):
    say(message)
    line = sys.stdin.readline()
    if not line:
        sys.exit("the program that has the boards is gone")
    return json.loads(line)
