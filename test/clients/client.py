"""XenAPI with nothing but Python's standard library, as many scripts use it. Prints one JSON object of what it saw."""

import json
import sys
import xmlrpc.client

url, user, password = sys.argv[1:4]
server = xmlrpc.client.ServerProxy(url, allow_none=False)


def value(answer):
    if answer["Status"] != "Success":
        raise RuntimeError(json.dumps(answer["ErrorDescription"]))
    return answer["Value"]


def failure(answer):
    assert answer["Status"] == "Failure", answer
    return answer["ErrorDescription"]


seen = {}
seen["refused"] = failure(server.session.login_with_password(user, "wrong"))[:2]
session = value(server.session.login_with_password(user, password, "2.21", "python"))

pifs = value(server.PIF.get_all_records(session))
transport = next(ref for ref, pif in pifs.items() if pif["device"] == "eth0")
pif = pifs[transport]
seen["types"] = {name: type(pif[name]).__name__ for name in ("device", "MTU", "management", "other_config", "VLAN_slave_of")}
metrics = value(server.PIF_metrics.get_record(session, pif["metrics"]))
seen["types"]["last_updated"] = type(metrics["last_updated"]).__name__
seen["types"]["io_read_kbs"] = type(metrics["io_read_kbs"]).__name__

network = value(server.network.create(session, {"name_label": "grün <&> ☃", "other_config": {"100": "a", "20": "b"}}))
seen["label"] = value(server.network.get_name_label(session, network))
value(server.network.set_MTU(session, network, 9000))
seen["MTU"] = value(server.network.get_MTU(session, network))

# `from` is a keyword of Python, so that clients use the other name of the message.
batch = value(server.event_from(session, ["tunnel"], "", 0.0))
tunnel = value(server.tunnel.create(session, transport, network))
changed = value(server.event_from(session, ["tunnel"], batch["token"], 10.0))
seen["events"] = [[event["operation"], event["class"], event["ref"] == tunnel] for event in changed["events"]]
seen["counts"] = [type(changed["valid_ref_counts"]["tunnel"]).__name__, changed["valid_ref_counts"]["tunnel"]]

seen["error"] = failure(server.tunnel.create(session, transport, network))[0]
task = value(getattr(server, "Async.tunnel.destroy")(session, tunnel))
while value(server.task.get_status(session, task)) == "pending":
    pass
seen["task"] = [value(server.task.get_status(session, task)), value(server.task.get_result(session, task))]
value(server.task.destroy(session, task))

value(server.session.logout(session))
seen["after"] = failure(server.network.get_all(session))[0]
json.dump(seen, sys.stdout)
