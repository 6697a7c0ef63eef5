# Words of the agent, English.

# The statement. Its id holds a digest of the ten texts: whoever changes a word asks everybody anew.
statement-title = Before you take part
statement-1 = What it does. From your device and your network the program checks whether listed websites open: it looks their names up, connects, makes the TLS handshake and fetches one page each, together with a few widely used sites for comparison. It asks public name servers as well, and looks a made-up name of the project's own up, whose server sees the address from which your name server asks, and does not write it down. Before and after a run it checks your computer and line: the clock, login pages, filters, lost connections. Where something fails it tries again, under the site's name and under made-up names, also towards a server of the project. Your device will contact sites whose access may be restricted.
statement-2 = Who can see it. This is not a privacy tool. Your provider, the owner of the network, and state bodies with access to their data can see these connections and can tell that you run this program.
statement-3 = You choose the sites. "lists show" prints the list before anything is contacted; every site named under "never" in agent.toml is left out. Political and circumvention sites are tested only if you switch them on. Sites of organisations banned as extremist are never on the list.
statement-4 = What is sent. Your network's number (AS), the time rounded to the hour, every step towards each site with its outcome (answers, certificates, status, digest and title of the page), the program's version, and a key that changes every month and with every network. Not sent: your name, your address, your location, your browsing, the pages themselves. The collector sees your IP address while you are connected; it looks the network up and does not write the address down.
statement-5 = Publication is permanent. What is sent is published openly and cannot be fully taken back. You can have the records held until you send them yourself, or keep them on this computer only.
statement-6 = The law. There may be legal risk and we cannot remove it. We know of no case of harm to people doing this, but that does not mean there is none. This is not legal advice; if in doubt, speak to a lawyer first.
statement-7 = Do not take part if the network is not yours and its owner has not agreed (work, school, military); you are under investigation or watched closely; your job forbids it; you are under 18; somebody else could be blamed for your connection.
statement-8 = Traces stay. The program stays on your device, and its settings, keys and records stay in one folder until you delete that folder. Deleting it does not protect against a forensic examination.
statement-9 = Free will. Taking part is voluntary and unpaid. The program measures only while you let "run" or "watch" work; stop at any time with Ctrl-C, and for good with "consent withdraw".
statement-id = Statement: { $id }
statement-how =
    If you have understood this and agree, type:
      qoljetim consent accept --statement { $id } --sharing send|hold|local
    send: records are sent after each run · hold: they wait until you run "queue send" · local: they never leave this computer

consent-accepted = You have agreed to the statement { $id }. Sharing: { $sharing }. Withdraw at any time with "consent withdraw".
consent-withdrawn = You have withdrawn. Nothing is measured or sent any more. { $count ->
    [0] No unsent records are left.
    [one] { $count } unsent record is left on this computer.
   *[other] { $count } unsent records are left on this computer.
  }
consent-state-none = You have not agreed to a statement: nothing is measured or sent.
consent-state-old = The statement has changed since you agreed: read it again.
consent-state-given = You have agreed to this statement. Sharing: { $sharing }.

sharing-send = send after each run
sharing-hold = hold until "queue send"
sharing-local = keep on this computer only

lists-updated = List of { $issued }: { $count ->
    [one] { $count } site
   *[other] { $count } sites
  }, { $controls ->
    [one] { $controls } control outside
   *[other] { $controls } controls outside
  }. Valid until { $expires }.
lists-kept = The collector could not be reached; the list of { $issued } is used.
lists-old = It expired at { $expires } and is used only because there is no newer one. Run "lists update", or take a newer one in with "lists import".
lists-builtin = No list was fetched yet. These sites are on the list that came with the program; the collector's may differ.
lists-column-site = Site
lists-column-category = Category
lists-column-tier = Tier
lists-column-tested = Tested
tier-everyday = everyday
tier-sensitive = sensitive
word-yes = yes
word-no = no

network-known = Your records will say: { $network }, { $provider }.
network-unknown = The network could not be recognised; your records will name none.
network-hosting = Your connection comes from a hosting or VPN network ({ $network }): such measurements say nothing about a provider and do not count. Switch the VPN off.
network-provider-none = provider not in the directory

check-after = Since the run began something has changed; its measurements are marked and do not count:
check-void-control-failed = The known-good sites beside the measurement failed: it does not count.
check-void-wrong-clock = This computer's clock is more than a day off, so no certificate can be judged: the measurements do not count. Set the clock.
check-void-captive-portal = A login page of this network answers in place of everything: the measurements do not count. Log in first.
check-void-tunnel = The connection goes through a VPN, a proxy or a hosting network: the measurements do not count.
check-void-network-changed = The network changed meanwhile: the measurement does not count.
check-void-wrong-order = The attempts were not made in the order that was drawn: the measurement does not count.
check-void-local-interception = A program on this computer or line (such as a virus scanner) opens every encrypted connection: what is seen is its work, and the measurements do not count. Exempt this program from it, or switch it off.
check-void-lossy-line = More than half of the trial connections failed: the line is too bad to measure by.
check-label-nat64 = Noted: this line translates IPv6 to IPv4 (NAT64).
check-label-broken-ipv6 = Noted: this computer has an IPv6 address, but nothing is reached over it.
check-label-no-ipv4 = Noted: this line has no IPv4.
check-label-foreign-resolver = Noted: names are looked up through another network than yours.
check-label-dns-filter = Noted: a filter against advertising answers for names on this computer or line.
check-label-system-roots = Noted: a certificate authority that only this computer trusts signed for a known site.
check-label-lossy-line = Noted: more than a tenth of the trial connections failed.
check-label-clock-off = Noted: this computer's clock is more than a minute off.
check-label-nothing-reached = Nothing outside is reached at all. That, too, is recorded, and the records are kept.

run-start = { $count ->
    [one] { $count } site
   *[other] { $count } sites
  } · list of { $issued } · { $network }
run-resumed = The last run was cut off: { $count ->
    [one] { $count } site
   *[other] { $count } sites
  } of it are done already.
run-progress = [{ $number }/{ $all }] { $mark } { $target }: { $word }
run-fault = [{ $number }/{ $all }] - { $target }: not measured: { $reason }
run-summary = { $all ->
    [one] { $all } site
   *[other] { $all } sites
  }: { $open } open · { $failed } failed here · { $unclear } unclear · { $none } not counted
run-one-is-no-finding = One run is not a finding.
run-sent = { $count ->
    [one] { $count } record was sent and acknowledged.
   *[other] { $count } records were sent and acknowledged.
  }
run-held = { $count ->
    [one] { $count } record waits on this computer; see "queue list".
   *[other] { $count } records wait on this computer; see "queue list".
  }
run-unsendable = { $count ->
    [one] { $count } record cannot be sent from this computer; see "queue list".
   *[other] { $count } records cannot be sent from this computer; see "queue list".
  }
run-dropped = { $count ->
    [one] { $count } old unsent record was dropped for lack of room.
   *[other] { $count } old unsent records were dropped for lack of room.
  }
run-interrupted = Stopped. What was measured is kept.
run-day-is-full = The day has had its megabytes (megabytes_per_day in agent.toml): { $count ->
    [one] { $count } site is
   *[other] { $count } sites are
  } not measured.
watch-started = Measuring quietly until you stop it with Ctrl-C.
column-site = Site
column-here = Here
column-step = Step
column-rule = Rule
column-time = Hour (UTC)
column-id = Record

state-ok = open
state-down = not reached from outside either
state-server = the site itself refuses
state-interference = signs of interference
state-inconclusive = unclear
state-void = not counted
state-inconclusive-layer = failed here, cause unclear
layer-dns = name lookup
layer-tcp = connection
layer-tls = TLS
layer-http = page
layer-quic = QUIC

list-empty = No records are kept on this computer yet.
show-title = { $target } · { $hour }
show-verdict = { $word } ({ $rule })
show-reach = A TLS hello with this site's name fares otherwise than one with another name as soon as it travels this many hops: { $within }.
show-reach-beyond = As far as hop { $beyond } both fare alike.
show-reach-server = Hops to the server: { $server }.
show-local = This is what one measurement on this computer saw. The collector judges it anew together with others.
show-step-ok = ok
export-done = { $count ->
    [one] { $count } measurement of yours was written in OONI's format.
   *[other] { $count } measurements of yours were written in OONI's format.
  } It holds what this computer measured, without your address, and was not sent anywhere.
export-damaged = { $count ->
    [one] { $count } record was damaged and is left out.
   *[other] { $count } records were damaged and are left out.
  }
queue-empty = No records wait to be sent.
queue-waiting = { $count ->
    [one] { $count } record waits
   *[other] { $count } records wait
  } to be sent ({ $size } kB).
queue-rejected = { $count ->
    [one] { $count } record was rejected by the collector and is kept in { $folder }.
   *[other] { $count } records were rejected by the collector and are kept in { $folder }.
  }
queue-unsendable = { $count ->
    [one] { $count } record cannot be sent, since the key that made it is gone or it is too large; it is kept in { $folder }.
   *[other] { $count } records cannot be sent, since the key that made them is gone or they are too large; they are kept in { $folder }.
  }
queue-later = The collector asked to wait, or could not be reached: the next attempt is due after { $time }.
keys-control = Credential of this control: { $key }
control-started = Control { $key } · API on { $api } · beacon on { $tls } (TLS) and { $http } (HTTP)
control-round = { $count ->
    [one] { $count } target measured
   *[other] { $count } targets measured
  }, { $faults } not measured, { $sent } sent, { $held } waiting.

error-causes = Because: { $causes }
error-state = The state folder could not be used.
error-busy = Another run of the program is at work in this state folder.
error-config = The settings { $path } cannot be used.
error-output = The output could not be written.
error-consent = Nothing was measured or sent: you have not agreed to the current statement. Read it with "consent show".
error-statement = There is no statement { $id }. Read the current one with "consent show".
error-keys = The signing keys could not be used.
error-roots = The root certificates could not be used.
error-prefixes = The table of networks could not be used.
error-unconfigured = agent.toml does not say { $setting }: write it into { $path }.
error-collector = The collector could not be reached at { $url }.
error-collector-status = The collector refused: { $status }.
error-collector-strange = What answered at { $url } is not the collector: perhaps a login page of this network.
error-signature = The { $what } was not signed with the collector's key in agent.toml. It was not used.
error-snapshot = The list that the collector sent cannot be read.
error-snapshot-expired = The list expired at { $expires }. Check the clock; if it is right, run "lists update".
error-snapshot-future = The list was issued at { $issued }, which is still to come by this computer's clock: set the clock.
error-snapshot-older = The collector sent an older list ({ $issued }) than the one already here. It was not used.
error-snapshot-missing = There is no list yet: run "lists update".
error-import = { $path } is not a list that can be taken in.
error-known-good = The list names no sites for comparison: nothing can be measured by it.
error-not-listed = { $target } is not on the list; only listed sites are tested. See "lists show".
error-never = { $target } is named under "never" in agent.toml.
error-target = { $target } is not a web address that can be tested.
error-no-targets = No site is left to test.
error-measure = The measurement could not be made.
error-spool = The records that wait to be sent could not be used.
error-unknown-record = There is no record { $id } on this computer.
error-many-records = Several records begin with { $id }: write more of it.
error-export-empty = There is nothing to export: no records are kept on this computer.
error-export-exists = { $path } is there already and is left as it is: move it away, or name another folder.
error-export-write = The measurements could not be written to { $path }.
error-listen = Cannot listen on { $address }.
error-server = The control's server failed.
error-local-only = You chose to keep records on this computer only: nothing is sent. Change it with "consent accept".
