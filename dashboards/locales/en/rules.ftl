# States of one measurement.
state-ok = reached
state-down = down abroad too
state-server = the site itself refuses
state-interference = interfered with
state-inconclusive = inconclusive
state-void = does not count

# Steps.
layer-dns = Name lookup (DNS)
    .short = DNS
layer-tcp = Connection (TCP)
    .short = TCP
layer-tls = Encryption (TLS)
    .short = TLS
layer-http = Page (HTTP)
    .short = HTTP
layer-quic = Page over QUIC (HTTP/3)
    .short = QUIC

# What each rule found: facts, no causes.
rule-dns-consistent = the device's own resolver gave an address that is vouched for
rule-dns-forged-answer = an answer to the lookup is shown to be forged
rule-dns-name-denied = the device's own resolver says that there is no such name; another resolver and the control abroad find it
rule-dns-injected = a question about the name to an address that runs no resolver was answered; questions about other names were not
rule-dns-redirect-denied = the provider’s resolver says that a host to which the site leads does not exist; another resolver and the control abroad find it
rule-dns-redirect-no-answer = the device’s own resolver gave no address of a host to which the site leads; another resolver did
rule-dns-unvouched = the device's own resolver gave addresses that nobody vouches for
rule-dns-no-answer = the device's own resolver gave no address, and nothing shows why
rule-dns-down = no resolver finds an address that a site can have, abroad neither
rule-tcp-connected = an address that is vouched for accepted a connection
rule-tcp-unreachable = the site's addresses accepted no connection here; a control abroad did connect
rule-tcp-down = the site's addresses accept no connection, abroad neither
rule-tls-reached = the site showed a certificate that is valid for its name
rule-tls-interception-listed = a certificate of a known interception authority was shown under this site's name
rule-tls-interception-unlisted = on the project's own server a foreign certificate was shown under this site's name, and the server's own under another name
rule-tls-machine-root = a certificate was shown that only this computer’s own list of roots vouches for; programs, employers and states put such roots there
rule-tls-untrusted = a certificate was shown that is not valid for this site's name; who made it is not known
rule-tls-name-dropped = connections with this site's name got no answer after the TLS hello; with another name on the same address they did
rule-tls-name-reset = connections with this site's name were reset after the TLS hello; with another name on the same address they were not
rule-tls-name-closed = connections with this site's name were closed after the TLS hello; with another name on the same address they were not
rule-tls-failed = TLS handshakes failed, and nothing shows why
rule-tls-down = no TLS handshake succeeds, abroad neither
rule-tls-server = the site answered with an alert or a faulty certificate, and the control abroad got the same
rule-http-reached = the site's own page came
rule-http-injected = another page came in place of the site's
rule-http-name-dropped = requests with this site's name got no answer where other names got one, and failed on the project's own server, too
rule-http-name-reset = requests with this site's name were reset where other names were not, and failed on the project's own server, too
rule-http-name-closed = on the project's own server, requests with this site's name were closed without an answer; with other names they were answered
rule-http-server-refuses = the site itself refused, or asked for proof that the visitor is human
rule-http-differs = a page came that nothing shows to be the site's
rule-http-redirect-broken = the site’s own redirects lead nowhere
rule-http-failed = no page came, and nothing shows why
rule-http-down = no page comes, abroad neither
rule-void-controls = a site known to be reachable failed beside the test, so the line itself may be at fault
rule-void-run = the run's self-checks found it at fault
rule-no-rule = no rule fits what was seen
rule-tls-name-stalled = from the project’s own server, loads under this site’s name stopped in the middle; under another name they came in full
rule-tls-name-slowed = under this site’s name everything came several times more slowly than under another name on the same server
rule-tls-encrypted-name-dropped = hellos with the name encrypted got no answer from the site; hellos with the name in the open did
rule-tls-name-fails-elsewhere = connections under the site’s name fail at one of its addresses; under other names they are answered there, and from outside under the site’s too
rule-tls-same-as-outside = the host showed the same certificate here as outside; no public authority signs for it
rule-tls-name-split = hellos sent whole got no answer at the site’s address; the same hello cut in two inside the name did
rule-http-name-slowed = requests that bear this site’s name were answered several times more slowly, or in part, by the project’s own server
rule-quic-reached = the site showed a valid certificate over QUIC
rule-quic-name-dropped = QUIC hellos with this site’s name got no answer; with another name on the same address they did
rule-quic-udp-dropped = QUIC reached not even the project’s own server, whatever the name
rule-quic-address-unreachable = the site’s address answered no name over QUIC here; a control abroad was answered
rule-quic-down = the site is not reached over QUIC, abroad neither
rule-quic-failed = the site was not reached over QUIC, and nothing shows why

# Why a measurement does not count.
void-control-failed = a site known to be reachable failed beside the test
void-wrong-clock = the device's clock was more than a day wrong
void-captive-portal = a sign-in page of the local network answered in place of every site
void-tunnel = the connection went through a VPN, a proxy or a hosting network
void-network-changed = the network changed during the run
void-wrong-order = the attempts of a block were not in the order that was drawn beforehand
void-local-interception = a program on the device or its network opens the encryption of every site
void-lossy-line = too many trial connections of the line failed

# What is noted of a line and a machine.
label-nat64 = IPv6 is translated to IPv4 (NAT64)
label-broken-ipv6 = an IPv6 address over which nothing is reached
label-no-ipv4 = no IPv4 of its own
label-foreign-resolver = names are looked up through another network
label-dns-filter = a filter against advertising answers for names
label-system-roots = a certificate authority that only this machine trusts signed for a known site
label-lossy-line = more than a tenth of the trial connections failed
label-clock-off = the clock was more than a minute off
label-nothing-reached = nothing outside was reached

# How a step fails.
failure-timeout = no answer in time
failure-reset = connection reset
failure-refused = connection refused
failure-unreachable = a router reported that the address cannot be reached
failure-closed = connection closed too early
failure-alert = TLS alert from the far end
failure-bad-message = the answer breaks the protocol
failure-resolver-failed = the resolver failed
failure-resolver-refused = the resolver refused to answer
failure-too-many-redirects = too many redirects
failure-bad-redirect = redirect to something that is not tested
failure-no-route = this device has no route of that kind
failure-cancelled = cut short by the run
