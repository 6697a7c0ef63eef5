"""Writes the seeds in `fuzz/corpus` anew: messages made up here, then cut short and changed ones.

    python3 fuzz/seeds.py

Needs the package `cryptography` for QUIC's Initial packets alone. The same seeds come out each
time, but for the random parts of TLS hellos.
"""

import base64
import hmac
import json
import random
import ssl
import struct
from hashlib import sha256
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
CASES = Path(__file__).parent.parent / "verdict" / "cases"


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def dns(answers=b"", count=0, flags=0x8180, ident=0x1234, asked=name("news.test"), kind=1):
    return struct.pack(">6H", ident, flags, 1, count, 0, 0) + asked + struct.pack(">2H", kind, 1) + answers


def rr(kind, data, owner=b"\xc0\x0c"):
    return owner + struct.pack(">2HIH", kind, 1, 60, len(data)) + data


def dns_seeds():
    a = rr(1, bytes([192, 0, 2, 7]))
    alias = rr(5, name("cdn.test"))
    return {
        "address": dns(a, 1),
        "two-addresses": dns(a + rr(1, bytes([192, 0, 2, 8])), 2),
        "alias": dns(alias + rr(1, bytes([192, 0, 2, 7]), name("cdn.test")), 2),
        "aaaa": dns(rr(28, bytes([0x20, 1, 0xd, 0xb8] + [0] * 12)), 1, kind=28),
        "denied": dns(flags=0x8183),
        "servfail": dns(flags=0x8182),
        "refused": dns(flags=0x8185),
        "cut": dns(flags=0x8380),
        "other-id": dns(a, 1, ident=7),
        "other-name": dns(a, 1, asked=name("other.test")),
        "pointer-to-itself": dns(rr(5, b"\xc0\x0c"), 1, asked=b"\xc0\x0c"),
        "many": dns(a * 90, 90),
        "count-lies": dns(a, 60000),
        "https": dns(rr(65, b"\0\1\0" + b"\0\1\0\3\2h3"), 1, kind=65),
        "soa": dns(rr(6, name("a.test") + name("b.test") + bytes(20)), 1),
        "opt": dns(b"\0" + struct.pack(">2HIH", 41, 1232, 0, 0), 1),
    }


def hello(server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    out = ssl.MemoryBIO()
    tls = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=server)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def records(message, size):
    parts = [message[at:at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part for part in parts)


def tls_seeds():
    whole = hello("news.test")
    message = whole[5:]
    return {
        "hello": whole,
        "message": message,
        "nameless": hello(None),
        "long-name": hello("a" * 60 + "." + "b" * 60 + ".test"),
        "in-small-records": records(message, 40),
        "in-single-bytes": records(message[:90], 1),
        "empty-record": b"\x16\x03\x01\0\0" + whole,
        "alert": b"\x15\x03\x03\0\x02\x02\x28",
        "server-hello": b"\x16\x03\x03\0\x04\x02\0\0\0",
        "length-lies": b"\x16\x03\x01\xff\xff\x01\xff\xff\xff",
        "encrypted": whole.replace(b"\0\x17\0\0", b"\xfe\x0d\0\0"),
        "request": b"GET / HTTP/1.1\r\nHost: news.test:80\r\nAccept: */*\r\n\r\n",
        "request-without-host": b"POST /a HTTP/1.0\r\n\r\n",
        "request-cut": b"GET / HTTP/1.1\r\nHos",
        "foreign": b"SSH-2.0-x\r\n",
        "nothing": b"",
    }


def expand(secret, label, length):
    info = struct.pack(">H", length) + bytes([6 + len(label)]) + b"tls13 " + label + b"\0"
    return hmac.new(secret, info + b"\1", sha256).digest()[:length]


def initial(frames, chosen=b"\x11" * 8, number=0):
    """One client's Initial packet of QUIC version 1, sealed as RFC 9001 section 5 says."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
    client = expand(hmac.new(salt, chosen, sha256).digest(), b"client in", 32)
    key, iv, mask_key = (expand(client, label, size) for label, size in
                         ((b"quic key", 16), (b"quic iv", 12), (b"quic hp", 16)))
    frames = frames.ljust(1100, b"\0")
    length = 0x4000 | (4 + len(frames) + 16)
    head = b"\xc3" + b"\0\0\0\1" + bytes([len(chosen)]) + chosen + b"\0\0" + struct.pack(">H", length)
    packed = struct.pack(">I", number)
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, frames, head + packed)
    mask = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor().update(sealed[:16])
    first = bytes([head[0] ^ (mask[0] & 0x0f)])
    return first + head[1:] + bytes(a ^ b for a, b in zip(packed, mask[1:])) + sealed


def crypto(part, place=0):
    return b"\x06" + struct.pack(">2H", 0x4000 | place, 0x4000 | len(part)) + part


def quic_seeds():
    message = hello("news.test")[5:]
    half = len(message) // 2
    first, second = crypto(message[:half]), crypto(message[half:], half)
    pad = lambda packet: packet.ljust(1200, b"\0")
    return {
        "whole": pad(initial(crypto(message))),
        "two-frames": pad(initial(first + second)),
        "backwards": pad(initial(second + first)),
        "two-packets": pad(initial(first)) + pad(initial(second, number=1)),
        "pings": pad(initial(b"\1" * 20 + crypto(message))),
        "an-ack": pad(initial(b"\2\0\0\0\0" + crypto(message))),
        "far-ahead": pad(initial(crypto(message, 0x3000))),
        "foreign-frame": pad(initial(b"\x1c\0\0\0" + crypto(message))),
        "no-frames": pad(initial(b"")),
        "long-id": pad(initial(crypto(message), b"\x22" * 20)),
        "version-2": b"\xd3\x6b\x33\x43\xcf" + bytes(1195),
        "short-header": b"\x40" + bytes(60),
        "nothing": b"",
    }


def web_seeds():
    def page(head, body=b""):
        return b"HTTP/1.1 " + head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body

    text = "<html><head><title>Жаңалықтар 192.0.2.7</title></head></html>".encode()
    return {
        "page": page(b"200 OK\nContent-Type: text/html\nContent-Length: %d" % len(text), text),
        "until-closed": page(b"200 OK\nServer: one", text),
        "chunks": page(b"200 OK\nTransfer-Encoding: chunked", b"5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n"),
        "chunk-lies": page(b"200 OK\nTransfer-Encoding: chunked", b"ffffffffffffffff\r\nhello"),
        "short": page(b"200 OK\nContent-Length: 900", text),
        "moved": page(b"301 Moved\nLocation: https://news.test/kk/?a=192.0.2.7#b\nContent-Length: 0"),
        "moved-to-an-address": page(b"302 Found\nLocation: http://user:pass@192.0.2.9:8080/x?ip=2001:db8::1"),
        "moved-nowhere": page(b"302 Found\nLocation: http://"),
        "refused": page(b"403 Forbidden\nRetry-After: 60\nVia: 1.1 one", b"<title>Just a moment...</title>"),
        "two-lengths": page(b"200 OK\nContent-Length: 3\nContent-Length: 5", b"hello"),
        "not-utf8": page(b"200 OK\nServer: \xff\xfe", b"<title>\xff\xfe</title>"),
        "old": b"HTTP/1.0 200 OK\n\nhello",
        "early": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
        "no-http": b"ICY 200 OK\r\n\r\n",
        "long-head": page(b"200 OK" + b"\nA: b" * 120),
        "open-title": page(b"200 OK", b"<title" * 30 + b">" * 3 + b"2001:db8::1 :: 1.2.3"),
    }


def key_list(public, version=0xfe0d):
    key = struct.pack(">BHH", 7, 0x20, 32) + bytes(range(32)) + struct.pack(">3H", 4, 1, 1)
    body = key + b"\0" + bytes([len(public)]) + public + b"\0\0"
    config = struct.pack(">2H", version, len(body)) + body
    return struct.pack(">H", len(config)) + config


def ech_seeds():
    lists = {
        "one": key_list(b"outer.test"),
        "two": struct.pack(">H", 2 * (len(key_list(b"a.test")) - 2)) + 2 * key_list(b"a.test")[2:],
        "other-version": key_list(b"outer.test", 0xfe0a),
        "no-name": key_list(b""),
        "bad-name": key_list(b"\xff.test"),
        "empty": b"\0\0",
        "length-lies": b"\xff\xff" + key_list(b"outer.test")[2:],
        "cut": key_list(b"outer.test")[:30],
    }
    seeds = {label: base64.b64encode(config) for label, config in lists.items()}
    seeds.update({"no-base64": b"!!", "nothing": b"", "too-long": b"A" * 5000, "not-ascii": "ж".encode()})
    return seeds


def ooni(test_keys, **more):
    base = {
        "input": "https://news.test/", "measurement_start_time": "2026-01-24 13:42:19", "probe_asn": "AS64500",
        "probe_cc": "KZ", "report_id": "r", "software_name": "x", "software_version": "1", "test_keys": test_keys,
        "test_name": "web_connectivity", "test_version": "0.5.28",
    }
    return json.dumps({**base, **more}, ensure_ascii=False).encode()


def ooni_seeds():
    when = {"t0": 0.1, "t": 0.2, "tags": ["depth=0"], "transaction_id": 1}
    address = "192.0.2.7:443"
    query = {"engine": "udp", "resolver_address": "1.1.1.1:53", "query_type": "A", "hostname": "news.test",
             "failure": None, "answers": [{"answer_type": "A", "ipv4": "192.0.2.7"}], **when}
    connect = {"ip": "192.0.2.7", "port": 443, "status": {"failure": None, "success": True}, **when}
    shake = {"address": address, "failure": "ssl_unknown_authority", "server_name": "news.test",
             "peer_certificates": [{"data": "AAA=", "format": "base64"}], "tls_version": "TLSv1.3", **when}
    moved = {"address": address, "failure": None, "request": {"url": "https://news.test/"}, **when,
             "response": {"code": 301, "body": "<title>a</title>", "headers": {"Location": "/kk/"}}}
    control = {"dns": {"failure": None, "addrs": ["192.0.2.7"]},
               "tcp_connect": {address: {"status": True, "failure": None}},
               "tls_handshake": {address: {"status": True, "failure": None, "server_name": "news.test"}},
               "http_request": {"status_code": 200, "body_length": 9, "title": "a", "headers": {}, "failure": None}}
    keys = {"queries": [query], "tcp_connect": [connect], "tls_handshakes": [shake], "requests": [moved],
            "control": control}
    return {
        "whole": ooni(keys),
        "empty": ooni({}),
        "no-keys": ooni(None),
        "idna": ooni(keys, input="https://жаңалық.test/"),
        "address": ooni(keys, input="https://192.0.2.7/"),
        "timeout": ooni({**keys, "tls_handshakes": [{**shake, "failure": "generic_timeout_error"}]}),
        "old": ooni({**keys, "tls_handshakes": [{"failure": None, "server_name": "news.test", "t": 0.2}],
                     "network_events": [{"operation": "connect", "address": address, "t": 0.1},
                                        {"operation": "tls_handshake_start", "t": 0.1},
                                        {"operation": "tls_handshake_done", "t": 0.2}]}),
        "quic": ooni({"quic_handshakes": [shake], "requests": [{**moved, "network": "udp"}]}),
        "encrypted": ooni({"x_ech": {"tls_handshakes": [{**shake, "echconfig": "AAQ="}]}}),
        "odd-times": ooni({"queries": [{**query, "t0": 1e300, "t": -1}]}),
        "no-object": b"[]",
        "deep": b'{"test_keys":' + b"[" * 200,
    }


def record_seeds():
    names = ["name_dropped_on_both_servers", "interception_by_a_listed_issuer", "forged_answer_of_a_known_address",
             "page_that_stands_in_by_name", "robot_check", "name_reached", "address_dropped", "tunnel"]
    seeds = {}
    for case in names:
        seen = json.loads((CASES / case / "seen.json").read_text())
        seeds[case] = json.dumps({
            "format": "qoljetim/1", "software": "0.1.0", "role": "agent", "credential": "07" * 32, "kind": "web",
            "target": seen["target"], "hour": 473917, "snapshot": "00" * 32, "network": 64500, "run": {},
            "seen": seen["seen"][:8], "certificates": seen["certificates"],
            "verdict": {"state": "inconclusive", "rule": "no_rule", "because": [], "layers": []},
        }, separators=(",", ":"), ensure_ascii=False).encode()
    first = seeds[names[0]]
    seeds["unknown-field"] = first[:-1] + b',"later":{"a":[1,2,{"b":null}]}}'
    seeds["other-format"] = first.replace(b"qoljetim/1", b"qoljetim/9")
    seeds["dangling"] = first.replace(b'"because":[]', b'"because":[99]')
    seeds["nothing"] = b""
    return seeds


def batch_seeds():
    lines = list(record_seeds().values())[:2]
    head = b"QJB1\0" + b"\7" * 32 + b"\5" * 64
    return {
        "envelope": head + b"\x28\xb5\x2f\xfd payload",
        "empty-payload": head,
        "short-head": head[:60],
        "other-suite": b"QJB1\1" + head[5:],
        "other-magic": b"QJB2" + head[4:],
        "records": b"\n".join(lines),
        "empty-lines": b"\n\n" + lines[0] + b"\n\n",
        "nothing": b"",
    }


def list_seeds():
    lists = Path(__file__).parent.parent / "testlists"
    files = ["targets/kz.csv", "known_good.csv", "categories.toml", "never.csv", "endpoints.toml", "resolvers.toml",
             "fingerprints/tls.toml", "fingerprints/dns.csv", "fingerprints/bogus.csv", "fingerprints/http.csv",
             "providers/kz.toml", "networks/kz.toml", "prefixes/kz.csv"]
    seeds = {}
    for place, file in enumerate(files):
        text = (lists / file).read_text().splitlines(keepends=True)[:14]
        seeds[file.replace("/", "-")] = bytes([place]) + "".join(text).encode()
    rows = "url,category_code,category_description,date_added,source,notes\n"
    seeds["citizenlab"] = bytes([13]) + (rows + "https://news.test/,NEWS,News Media,2026-01-01,one,\n").encode()
    seeds["quotes"] = b'\0url,category,tier,added,source,note\n"https://a.test/,news"",everyday,x'
    seeds["toml-deep"] = b"\5" + b"a=" + b"[" * 300
    return seeds


def spoil(seeds):
    """Adds cut and changed copies of the seeds."""
    draw = random.Random(7)
    more = {}
    for label, seed in sorted(seeds.items()):
        if len(seed) < 8:
            continue
        more[f"{label}.cut"] = seed[:draw.randrange(1, len(seed))]
        changed = bytearray(seed)
        for _ in range(3):
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        more[f"{label}.changed"] = bytes(changed)
    return {**seeds, **more}


def main():
    made = {
        "dns_answer": dns_seeds(), "ech_config": ech_seeds(), "tls_record": tls_seeds(), "quic_initial": quic_seeds(),
        "http_head": web_seeds(), "ooni_read": ooni_seeds(), "record_decode": record_seeds(),
        "batch_decode": batch_seeds(), "lists": list_seeds(),
    }
    for target, seeds in made.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for label, seed in spoil(seeds).items():
            (folder / label).write_bytes(seed)


if __name__ == "__main__":
    main()
