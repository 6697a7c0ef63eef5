# Every page.
site-name = Qoljetim
skip = Skip to the content
nav-pages = Pages
nav-overview = Overview
nav-methods = Methods
nav-languages = Language
nav-categories = Categories
demo = Invented data. This is a demonstration: providers, sites and measurements are made up and say nothing about Kazakhstan.
as-of = { $n ->
    [one] As of { $moment }. Made from one batch of records.
   *[other] As of { $moment }. Made from { $n } batches of records.
}
moment = { $date }, { $time } in Kazakhstan (UTC+5), { $utc } UTC
hour = { $date }, { $from }–{ $to } in Kazakhstan (UTC+5), { $utcfrom }–{ $utcto } UTC
day-line = { $date }: Kazakhstan's calendar day (UTC+5), which begins at { $utc } UTC of the day before
provisional = Provisional: this day has not been graded for good, so every word here may still change.
data-heading = The same as data:
data-json = this view as JSON
data-matrix = the day's table as JSON
data-measurements = the measurements as JSON
data-record = this measurement as JSON
data-raw = the record byte for byte as received
licence = Texts and data: Qoljetim,
attribution = Which network an address belongs to is looked up in data by
count-volunteers = volunteers: { $bucket }
no-data-note = “No data” says nothing either way: neither that a site is restricted nor that it is not.
none = none
nothing = –

# Headings of columns and facts.
col-site = Site
col-provider = Provider
col-word = What was found
col-numbers = Tests
col-how = Where access fails, and by which rule
col-networks = Networks on which it was found so
col-others = Other providers on which it was reachable
fact-kind = Kind
fact-networks = Networks
fact-volunteers = Volunteers heard on this day
fact-address = Address tested
fact-host = Name in the lookup, the TLS hello and the request
fact-port = Port
fact-path = Path asked for
fact-category = Category
fact-abroad = Seen from abroad
kind-fixed = fixed line
kind-mobile = mobile
kind-mixed = fixed line and mobile
kind-hosting = hosting (never counted as a provider's customers)

# Overview.
overview-title = What is restricted, where, and how sure are we?
overview-intro = Volunteers in Kazakhstan test from their own connections whether sites can be reached, step by step. Each cell says what their tests of one day show for one site on one provider. Choose a cell to see its evidence.
overview-counts = { $n ->
    [one] One pair of site and provider:
   *[other] { $n } pairs of site and provider:
}
overview-tested = { $n ->
    [one] One comparison was weighed for this day.
   *[other] { $n } comparisons were weighed together for this day.
}
overview-lacking = One more volunteer would help most on: { $names } (volunteers: { $few }).
overview-region = Sites and providers
overview-caption = Sites in rows, providers in columns. Each cell has a mark, a word and n, the number of tests that count. A colour is never the only sign.
overview-empty = Nothing has been measured on this day yet. That is not evidence that nothing is restricted.
untested-heading = Listed, but not measured on this day
untested-note = These sites are on the list; no test of them has arrived for this day. That says nothing about them.
key-heading = How to read this
key-more = Exact rule

# A provider.
provider-intro = What volunteers' tests on this provider's networks show for each site on this day.
provider-counts = { $n ->
    [one] One site:
   *[other] { $n } sites:
}
provider-empty = Nothing has been measured on this provider's networks on this day. That is not evidence that nothing is restricted.
layers-heading = At which step access fails
layers-intro = Sites with a confirmed or likely restriction, by the step at which connections fail:
layers-none = No site with a confirmed or likely restriction on this day.
layer-unnamed = no single step
only-here-heading = Restricted here, reachable elsewhere
only-here-intro = On the same day these sites were reachable on other providers, so neither the site nor its links abroad explain the failure here.
only-here-none = No such site on this day.
sites-heading = Every site
sites-caption = Each site on this provider on this day; sites with restrictions come first.
reply-heading = Right of reply
reply-note = A provider or the owner of a site can answer, or point out a mistake, by naming the address of a page or a measurement. The page on methods says how mistakes are corrected.
reply-more = Methods: replies and corrections

# A site.
site-intro = Whether this site could be reached from each provider's networks on this day.
site-empty = No provider has measurements of this site on this day. That is not evidence that nothing is restricted.
site-abroad = { $tried ->
    [0] No control abroad tried this site on this day, so a failure of the site itself cannot be told apart.
   *[other] Controls abroad reached it in { $ok } of { $tried } attempts.
}
providers-heading = Provider by provider
providers-caption = This site on each provider on this day.
requested-heading = What exactly was requested

# Numbers of a cell.
numbers-share = { $share } of tests failed: { $failed } of { $n }; volunteers: { $bucket }
numbers-plain = { $failed } of { $n } tests failed; volunteers: { $bucket }
numbers-zero = n = { $n }
numbers-void = { $n ->
    [0] No measurement was set aside.
    [one] One measurement was set aside and does not count.
   *[other] { $n } measurements were set aside and do not count.
}
numbers-networks = { $all ->
    [0] no network measured
    [one] { $same } of { $all } measured network
   *[other] { $same } of { $all } measured networks
}

# Evidence.
evidence-kicker = Evidence
numbers-heading = The numbers
numbers-interval = The interval covers the true share with { $level } confidence; volunteers, not tests, are the unit that it is computed from.
numbers-no-interval = With fewer than { $few } volunteers no share is given.
empty-untested = Not tested yet: no measurement of this pair has arrived for this day.
empty-void = Tested, but every measurement was set aside: the volunteers' own lines or runs were at fault.
empty-thin = Tested, but by too few volunteers or too seldom to say anything.
lines-heading = Network by network
lines-caption = The contrast between this site's name and another name of the same length, as e-values: how many times likelier the failures are if the name matters than if it does not. A claim is made only when the e-value reaches the bar after the most accusing volunteers were set aside.
col-network = Network
col-grade = Grade
col-site-e = E-value at the site's own address, with { $zero }, { $one } and { $two } volunteers set aside
col-beacon-e = The same at the project's server
col-bar = Bar of the day
col-lines = Volunteers
col-blocks = Blocks at the site, at the project's server
col-abroad = Countries abroad that reached it
col-strength = What it withstands
strength-f = { $n ->
    [0] holds as long as no volunteer is set aside
    [one] holds after setting aside any one volunteer
   *[other] holds after setting aside any { $n } volunteers
}
strength-upper = at most { $upper } of lines can be restricted, with { $level } confidence
lines-prefixes = { $bucket }; prefixes: { $prefixes }
strip-heading = Day by day
strip-label = The word of each day, oldest first
strip-empty = No earlier day has been graded.
strip-gap = days without a grade
fails-heading = How access fails
fails-caption = What was concluded at each step, by volunteers' agents and by controls abroad. A step after a failed one is usually not reached.
col-step = Step
col-agents = Volunteers' agents
col-controls = Controls abroad
step-all-ok = passed in all { $n }
step-all-failed = failed in all { $n }
step-mixed = failed in { $failed } of { $n }
step-none = not reached
alternatives-heading = What else it could be
alternatives-caption = Other explanations, and what was checked for each.
alternatives-empty = No other explanation was checked for this pair.
col-explanation = Explanation
col-finding = What the checks say
col-checks = Checks
alternative-site-down = The site is down everywhere
alternative-site-refuses = The site itself refuses visitors from this country
alternative-own-line = The volunteers' own lines are at fault
alternative-own-software = A program on the volunteer's device, such as an antivirus, filters connections
finding-excluded = excluded
finding-possible = still possible
finding-unknown = not known
artefacts-heading = Certificates of interception
artefacts-intro = These certificates were shown in place of the site's own. Each belongs to a known interception authority; anybody can compute its digest again.
artefacts-caption = Certificates shown, each with the authority that signed it.
col-certificate = SHA-256 of the certificate
col-subject = Issued to
col-issuer = Issued by
col-authority = Known as
col-volunteers = Volunteers who were shown it
measurements-heading = The measurements behind it
measurements-caption = Newest hour first; each leads to its steps and its bytes.
measurements-empty = No measurement of this pair on this day.
measurements-part = { $n ->
    [one] One measurement is listed here; the data holds all of them.
   *[other] { $n } measurements are listed here; the data holds all of them.
}
col-hour = Hour
col-who = By
col-concluded = Concluded
col-counted = Counts
counted-yes = yes
counted-as-control = as a control
counted-no = no
cite-heading = Cite this
cite-text = Qoljetim. { $site }, { $provider }, { $day }: { $word }. State: { $n } batches, { $made }. { $path }
cite-note = The day and the number of batches name the state that this page was made from. Later batches may change a provisional word.
limits-heading = What this does not say
limits-common = Measurements cannot see who ordered something or why. They hold for the lines and hours measured, not for every customer.

# A measurement.
measurement-title = One measurement of { $site }
measurement-intro = What one agent did in one hour, step by step, and what the collector concludes from it. One measurement is not a finding.
measurement-id = Its name: the SHA-256 of its bytes
fact-hour = Hour
fact-network = Network
fact-provider = Provider
fact-who = Measured by
fact-line = Noted of the line and the machine
line-nothing-noted = nothing of note
fact-software = Program
fact-hello = Shape of the TLS hello (JA4)
fact-snapshot = List in force
fact-batch = Arrived in batch
fact-bytes = Size
bytes = { $n ->
    [one] { $n } byte
   *[other] { $n } bytes
}
batch-place = number { $n } in the order of intake
network-unknown = not in the table of networks
role-agent = a volunteer's agent
role-control = a control of the project
verdict-heading = What is concluded
verdict-headline = Headline
verdict-caption = One conclusion for each step that was reached; the headline hides none.
verdict-agent = The agent itself concluded: { $state } ({ $rule }). The collector never relies on that.
reach-within = How far away: a TLS hello with this site's name fares otherwise than one with another name as soon as it travels { $within } hops.
reach-beyond = As far as hop { $beyond } both fare alike.
reach-server = The server is { $server } hops away.
reach-inside = The routers before and behind belong to networks of this provider ({ $network }): the difference arises inside the provider's network.
reach-own = The router there belongs to a network of this provider ({ $network }): the difference arises inside the provider's network, or nearer to the volunteer.
reach-edge = The router there belongs to a network of this provider ({ $network }), the next one to another or to an unknown one: on which side of the provider's edge the difference arises stays open.
reach-other = The router there belongs to { $network }, no network of this provider: where on the way to it the difference arises stays open.
reach-unknown = Whose router stands there is not known.
col-state = Conclusion
col-rule = Rule
col-because = Rests on steps
counted-heading = Does it count?
counted-because-good = It counts: the run's self-checks found nothing wrong and the known-good sites beside it were reached.
counted-control = It is a control: it stands beside the volunteers' measurements and is not counted among them.
counted-void = It does not count, decided without looking at this site:
counted-no-provider = It does not count towards a provider: its network is not in the table of providers' networks.
counted-other = The collector did not count it.
steps-heading = Step by step
steps-caption = Times are in seconds after the run began.
col-number = Step
col-time = Began, took
col-did = What was done
col-part = Part it plays
col-outcome = What came of it
step-time = { $at } s, { $took } s
did-lookup = Looked up { $name } ({ $resolver })
did-connect = Opened a connection to { $to }
did-handshake = TLS hello to { $to } with the name { $name }
did-fetch = Asked { $to } for { $url }
resolver-system = the device's own resolver
transport-system = asked through the system
transport-udp = { $id }, over UDP
transport-doh = { $id }, over HTTPS
part-screen = the test itself
part-before = known-good site, before
part-after = known-good site, after
part-hop = redirect { $n }
part-site-named = block { $round } at the site, attempt { $slot }: this site's name
part-site-neutral = block { $round } at the site, attempt { $slot }: another name
part-beacon-named = block { $round } at the project's server, attempt { $slot }: this site's name
part-beacon-neutral = block { $round } at the project's server, attempt { $slot }: another name
saw-addresses = addresses: { $addresses }
saw-late = { $n ->
    [one] one answer in all
   *[other] { $n } answers in all
}
saw-denied = the answer says that there is no such name
saw-no-address = no address in the answer
saw-connected = connected
saw-session = { $version }: { $trust }
saw-page = status { $status }, { $bytes }
saw-page-title = status { $status }, { $bytes }, title “{ $title }”
saw-failure = { $failure } (read { $read }, sent { $written })
saw-failure-detail = { $failure }: { $detail } (read { $read }, sent { $written })
did-service = Looked up how { $name } may be reached ({ $resolver })
did-split = TLS hello to { $to } with the name { $name }, cut in two inside the name
did-nameless = TLS hello to { $to } for { $name }, without a name in it
did-encrypted = TLS hello to { $to } with the name { $name } encrypted
did-quic = QUIC hello to { $to } with the name { $name }
did-http3 = Asked { $to } for { $url } over HTTP/3
did-load = Loaded { $bytes } from { $to } under the name { $name }
did-hops = TLS hello to { $to } with the name { $name }, travelling at most { $most } hops
resolver-provider = the resolver that the line was given
resolver-nobody = an address that runs no resolver
part-site-quic-named = QUIC block { $round } at the site, attempt { $slot }: this site’s name
part-site-quic-neutral = QUIC block { $round } at the site, attempt { $slot }: another name
part-beacon-quic-named = QUIC block { $round } at the project’s server, attempt { $slot }: this site’s name
part-beacon-quic-neutral = QUIC block { $round } at the project’s server, attempt { $slot }: another name
part-beacon-load-named = speed block { $round } at the project’s server, attempt { $slot }: this site’s name
part-beacon-load-neutral = speed block { $round } at the project’s server, attempt { $slot }: another name
part-site-encrypted = encryption block { $round } at the site, attempt { $slot }: the name encrypted
part-site-open = encryption block { $round } at the site, attempt { $slot }: the name in the open
part-site-elsewhere-named = block { $round } at another address of the site, attempt { $slot }: this site’s name
part-site-elsewhere-neutral = block { $round } at another address of the site, attempt { $slot }: another name
part-variation = a variation that tells more
part-over-quic = the same over QUIC
saw-no-service = no such record
saw-service = offered: { $offered }
saw-service-encrypted = offered: { $offered }; the name can be encrypted
saw-loaded = { $bytes } in { $seconds }
rung-nothing = nothing
rung-expired = hop limit used up
rung-answer = an answer
rung-reset = reset
rung-closed = closed
rung-no-connection = no connection
certificates-heading = Certificates shown
certificates-none = No handshake of this measurement showed a certificate.
certificates-caption = Each certificate once, with the steps that showed it. The bytes are in the record.
col-size = Size
col-shown = Shown in steps
trust-trusted = certificate valid for the name
trust-unknown-issuer = certificate of an issuer that no public list of roots knows
trust-expired = certificate expired
trust-not-yet-valid = certificate not valid yet
trust-wrong-name = certificate for another name
trust-other = certificate not valid

# Not found, and our own failures.
not-found-title = There is no such page
not-found-text = Nothing is published at this address. It may never have existed, or its name was cut on the way. That says nothing about any site or provider.
not-found-home = Go to the overview
error-title = This page could not be made
error-text = The fault is ours and has nothing to do with what was measured; it is not “no data”. The records are kept. Please try again in a few minutes.
error-data = The data may still be there:

# Categories of sites.
category-news = News
category-regional-news = Regional news
category-public-broadcasting = State and public broadcasting
category-social = Social networks
category-video = Video, photos and music
category-messenger = Messengers and communication
category-blogs = Blogs and publishing platforms
category-petition = Petitions
category-human-rights = Human rights
category-media-freedom = Media freedom and journalism
category-politics = Politics
category-society = Society and culture
category-reference = Reference and knowledge
category-search = Search engines and portals
category-files = File sharing
category-software = Software and online tools
category-services = Everyday services
category-government = Government and international organisations
category-circumvention = Circumvention tools
category-other = Other

# Serving hosts of messengers and platforms.
endpoint-name = { $platform }: { $serves } ({ $host })
serves-api = signing in and messages
serves-web = browser version
serves-cdn = pictures and programs
serves-socket = open connection
