"""Guess a number: a DockerGym worker with a loop of its own."""

import json
import random
import sys

replies = sys.stdout
sys.stdout = sys.stderr

secret = tries = done = None


def reply(**fields):
    replies.write(json.dumps(fields) + "\n")
    replies.flush()


def begin(command):
    global secret, tries, done
    secret = command.get("secret") or random.randint(1, 10)
    tries, done = 0, False
    # An answer to init may leave out reward and done.
    reply(status="ok", observation="Guess a number from 1 to 10.", tries=0)


def step(command):
    global tries, done
    if done:
        return reply(status="error", message="Episode is already done")
    guess = int(command["action"])
    tries += 1
    done = guess == secret
    hint = "Yes!" if done else "It is greater." if guess < secret else "It is less."
    reply(status="ok", observation=hint, reward=float(done), done=done, tries=tries)


for line in sys.stdin:
    try:
        command = json.loads(line)
        if command.get("cmd") == "init":
            begin(command)
        elif command.get("cmd") == "step":
            step(command)
        else:
            reply(status="error", message="Unknown command: %s" % command.get("cmd"))
    except Exception as error:
        reply(status="error", message=str(error))
