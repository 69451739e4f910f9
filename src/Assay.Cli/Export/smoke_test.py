"""Sends the requests of smoke.json to a reward server and compares its scores with the recorded ones.

    python3 smoke_test.py http://127.0.0.1:8000

Ends with 0 where all are the same, with 1 where one is not. Needs Python 3 alone.
"""
import json
import os
import sys
import urllib.request


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "smoke.json"), encoding="utf-8") as file:
        smoke = json.load(file)
    wrong = 0
    for number, request in enumerate(smoke["requests"], 1):
        body = json.dumps(request["body"]).encode()
        call = urllib.request.Request(sys.argv[1].rstrip("/") + request["path"], data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(call, timeout=300) as response:
            found = json.load(response)
        for step in request["score_at"]:
            found = found[step]
        difference = abs(found - request["score"])
        is_same = difference <= smoke["tolerance"]
        wrong += not is_same
        print(f"{number}: {found:.6f}, wanted {request['score']:.6f}{'' if is_same else '  DIFFERS'}")
    print("the scores are the model's" if not wrong else f"{wrong} of {len(smoke['requests'])} scores are not the model's")
    sys.exit(1 if wrong else 0)


main()
