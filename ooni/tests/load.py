"""Checks what OONI's own library (oonidata) makes of golden cases that were written in its format.

    load.py observations CASES LINES    loader, observations and controls (oonidata 0.2)
    load.py loader CASES LINES          the loader alone (oonidata 0.3)

CASES is the folder of golden cases, LINES what the example `golden_cases` wrote of it. What is
expected is read from the cases themselves, never from the lines. The last line printed is
`N passed, N failed`.
"""

import hashlib
import json
import logging
import re
import sys
from base64 import b64decode
from pathlib import Path

# Our words for failures, and OONI's (df-007).
FAILURES = {
    "timeout": "generic_timeout_error",
    "reset": "connection_reset",
    "refused": "connection_refused",
    "unreachable": "host_unreachable",
    "closed": "eof_error",
    "resolver_failed": "dns_servfail_error",
    "resolver_refused": "dns_refused_error",
    "bad_redirect": "http_invalid_redirect_location_host",
    "no_route": "network_unreachable",
    "cancelled": "interrupted",
    "alert": "unknown_failure: remote error: tls: ",
    "bad_message": "unknown_failure: bad message",
    "too_many_redirects": "unknown_failure: stopped after 10 redirects",
}
TRUST = {
    "trusted": None,
    "wrong_name": "ssl_invalid_hostname",
    "unknown_issuer": "ssl_unknown_authority",
    "expired": "ssl_invalid_certificate",
    "not_yet_valid": "ssl_invalid_certificate",
}
RCODES = {2: "dns_servfail_error", 3: "dns_nxdomain_error", 5: "dns_refused_error"}


class Nowhere:
    """Knows no fingerprint, no network and no country: nothing is looked up, nothing downloaded."""

    def match_http(self, _response):
        return []

    def match_dns(self, _address):
        return None

    def lookup_asn(self, _day, _asn):
        return None

    def lookup_ip(self, _day, _ip):
        return None


class Case:
    """A golden case, as far as it is a way towards the target: OONI is told no other step."""

    def __init__(self, folder):
        seen = json.loads((folder / "seen.json").read_text())
        self.target = seen["target"]
        own = [(at, one) for at, one in enumerate(seen["seen"]) if one["part"]["as"] in ("screen", "hop")]
        self.steps = {did: [(at, one) for at, one in own if one["did"] == did]
                      for did in ("lookup", "connect", "handshake", "fetch")}
        beside = [one for one in seen["seen"] if one["part"]["as"] in ("screen", "hop", "over_quic")]
        self.http3 = [one for one in beside if one["did"] == "http3"]
        self.left_at_home = len(seen["seen"]) - len(own)
        control = folder / "control.json"
        self.control = json.loads(control.read_text()) if control.exists() else None

    def dns(self):
        """Answers and failures, a transaction each."""
        rows = set()
        for at, one in self.steps["lookup"]:
            step, outcome = one["step"], one["outcome"]
            if step["resolver"]["id"] == "nobody":
                continue
            engine = {"system": "getaddrinfo", "udp": "udp", "doh": "doh"}[step["resolver"]["transport"]]
            if "failed" in outcome:
                rows.add((at, step["name"], engine, failure(outcome), None))
                continue
            datagrams = outcome["ok"]["datagrams"]
            if engine == "getaddrinfo":
                answers = [answer for one in datagrams for answer in one["answers"]]
                asked = [(datagrams[0]["rcode"], answers)]
            else:
                # OONI keeps the first that fits; later ones stand in a list that is not loaded.
                first = {}
                for one in datagrams:
                    if one["fits"]:
                        first.setdefault(one["question"], (one["rcode"], one["answers"]))
                asked = first.values()
            for rcode, answers in asked:
                has_address = any("address" in answer for answer in answers)
                word = RCODES.get(rcode, "dns_no_answer") if not has_address else None
                for answer in answers or [{}]:
                    told = answer.get("address") or (answer["alias"] + "." if "alias" in answer else None)
                    rows.add((at, step["name"], engine, word, told))
        return rows

    def tcp(self):
        return {(at, one["step"]["to"], failure(one["outcome"])) for at, one in self.steps["connect"]}

    def tls(self):
        """Handshakes, and those under pages: name, place, failure, leaf and length of the chain."""
        rows = set()
        for at, one in self.steps["handshake"]:
            ok = one["outcome"].get("ok")
            word = distrust(ok) if ok else failure(one["outcome"])
            rows.add((at, one["step"]["sni"], one["step"]["to"], word, *chain(ok)))
        for at, one in self.steps["fetch"]:
            session = one["outcome"].get("ok", {}).get("session")
            if session:
                name = re.match(r"https://([^/:]+)", one["step"]["url"])[1]
                rows.add((at, name, one["step"]["to"], distrust(session), *chain(session)))
        return rows

    def http(self):
        """Pages, the latest first; those over HTTP/3 behind."""
        def row(one, network):
            status = one["outcome"].get("ok", {}).get("status", 0)
            return (one["step"]["url"], one["step"]["to"], status, failure(one["outcome"]), network)

        over_tcp = [row(one, "tcp") for _, one in self.steps["fetch"]]
        return list(reversed(over_tcp)) + [row(one, "udp") for one in self.http3]


def failure(outcome):
    failed = outcome.get("failed")
    if failed is None:
        return None
    word = FAILURES[failed["failure"]]
    if failed["failure"] == "alert":
        return word + failed.get("detail", "")
    if failed["failure"] == "bad_message" and failed.get("detail"):
        return f"{word}: {failed['detail']}"
    return word


def distrust(session):
    trust = session["trust"]
    return TRUST[trust] if isinstance(trust, str) else "ssl_invalid_certificate"


def chain(session):
    digests = session["chain"] if session else []
    return (digests[0] if digests else None, len(digests) or None)


def place(observation):
    ip = f"[{observation.ip}]" if ":" in observation.ip else observation.ip
    return f"{ip}:{observation.port}"


def observe(measurement, case, check):
    from oonidata.experiments.control import (
        make_dns_control_from_wc,
        make_http_control_from_wc,
        make_tcp_control_from_wc,
    )
    from oonidata.observations import make_web_connectivity_observations

    dns, tcp, tls, http = make_web_connectivity_observations(measurement, Nowhere(), Nowhere())
    check("dns", {(o.transaction_id, o.domain_name, o.engine, o.failure, o.answer) for o in dns}, case.dns())
    check("tcp", {(o.transaction_id, place(o), o.failure) for o in tcp}, case.tcp())
    shown = {
        (o.transaction_id, o.server_name, place(o), o.failure,
         o.end_entity_certificate_fingerprint, o.certificate_chain_length) for o in tls
    }
    # A certificate that a case names and does not hold cannot be shown.
    check("tls", shown, {row if row[4] in known(measurement) else (*row[:4], None, None) for row in case.tls()})
    check("tls are as many", len(tls), len(case.tls()))
    check("http", [(o.request_url, place(o), o.response_status_code, o.failure, o.network) for o in http], case.http())
    told = measurement.test_keys.control
    dns_control = make_dns_control_from_wc(measurement.input, told)
    tcp_control = make_tcp_control_from_wc(told)
    http_control = make_http_control_from_wc(measurement, told)
    outside(case, dns_control, tcp_control, http_control, check)


def known(measurement):
    """The digests of the certificates that were written, by their bytes."""
    shaken = measurement.test_keys.tls_handshakes or []
    certificates = [c for one in shaken for c in one.peer_certificates or []]
    return {hashlib.sha256(b64decode(certificate.data)).hexdigest() for certificate in certificates}


def outside(case, dns, tcp, http, check):
    """The control's columns."""
    seen = case.control or []
    screen = [one for one in seen if one["part"]["as"] == "screen"]
    lookups = [one for one in screen if one["did"] == "lookup"]
    answers = {answer["address"] for one in lookups if "ok" in one["outcome"]
               for datagram in one["outcome"]["ok"]["datagrams"] if datagram["fits"]
               for answer in datagram["answers"] if "address" in answer}
    check("control dns", {ip for _, ip in dns.answers_map.get("ZZ", [])}, answers)
    check("control dns fails", bool(dns.failure_cc_asn), bool(lookups) and not answers)
    reached, failed = set(), set()
    for one in screen:
        if one["did"] == "connect":
            (reached if "ok" in one["outcome"] else failed).add(one["step"]["to"])
    check("control tcp", {to for to, end in tcp.items() if end.reachable_cc_asn}, reached)
    check("control tcp fails", {to for to, end in tcp.items() if end.unreachable_cc_asn}, failed - reached)
    fetches = [one for one in seen if one["did"] == "fetch" and one["part"]["as"] in ("screen", "hop")]
    landing = max(fetches, key=lambda one: (one["part"].get("number", 0), "ok" in one["outcome"]), default=None)
    if landing and case.steps["fetch"]:
        page = landing["outcome"].get("ok")
        told = {(end.response_status_code, end.response_body_length, bool(end.failure_cc_asn))
                for end in http.values()}
        check("control http", told, {(page["status"], page["bytes"], False) if page else (0, 0, True)})
    else:
        check("control http", http, {})


def main():
    mode, folder, lines = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).read_text().splitlines()
    if mode == "observations":
        from oonidata.dataformat import load_measurement
    elif mode == "loader":
        from oonidata.dataclient import load_measurement
    else:
        raise SystemExit(__doc__)
    # It warns of every address that two resolvers give.
    logging.disable(logging.ERROR)
    counts = {True: 0, False: 0}

    def check(what, found, wanted):
        counts[found == wanted] += 1
        if found != wanted:
            print(f"{name}: {what}\n  found  {found}\n  wanted {wanted}")

    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    name = "the lines"
    check("are the cases", [json.loads(line)["measurement_uid"] for line in lines], names)
    at_home = 0
    for line in lines:
        value = json.loads(line)
        name = value["measurement_uid"]
        case = Case(folder / name)
        at_home += case.left_at_home
        measurement = load_measurement(value)
        check("type", type(measurement).__name__, "WebConnectivity")
        check("input", measurement.input, case.target)
        check("address of the probe", (measurement.probe_ip, measurement.resolver_ip), ("127.0.0.1", "127.0.0.2"))
        check("conclusions", (measurement.test_keys.blocking, measurement.test_keys.accessible), (None, None))
        check("control", measurement.test_keys.control is not None, case.control is not None)
        if mode == "observations":
            observe(measurement, case, check)
        else:
            ends = measurement.test_keys.control and measurement.test_keys.control.tls_handshake
            shaken = {one["step"]["to"] for one in case.control or []
                      if one["did"] == "handshake" and one["part"]["as"] == "screen"}
            check("control tls", set(ends or {}), shaken)
    name = "all cases"
    check("have blocks among them that stay at home", at_home > 100, True)
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
