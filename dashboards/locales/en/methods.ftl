# The page on methods.
methods-title = Methods: how we measure and what we may say
methods-contents = Contents
methods-intro = This page says how a test is made, what every word on this site rests on, and what the method cannot see. Nothing is claimed because a connection failed once: a failure becomes a claim only by comparison with something that worked at the same time.

methods-steps = How a test is made
methods-steps-order = An agent is a small program that a volunteer runs on their own device. For each site it takes the steps that a browser takes: it looks the site's name up, opens a connection, sends the TLS hello that begins an encrypted connection and carries the site's name, and asks for the page. Each step has one outcome, and a failed step is a result like any other.
methods-steps-kept = All that a claim could need is kept: every answer to the lookup, late and double ones included, every certificate, the way in which a step failed, and how many bytes were read and sent. Of a page the agent reads at most { $body } kB and keeps only its digest, its length, its title and a few headers.
methods-steps-layers = Each step is judged by its own published rules, and each judgement points at the observations that it rests on. Nothing is claimed from a connection to an address that a forged lookup gave, unless a control, a valid certificate, a resolver over HTTPS or a listed content network vouches for that address.

methods-controls = What every test is compared with
methods-controls-near = Before and after each test the agent opens a widely used site that is known to be reachable. If that fails, the line itself may be at fault, and the test does not count.
methods-controls-far = Controls are machines of the project abroad that make the same test. If the site fails there too, it is down, and nothing is said about any provider.
methods-controls-void = Whether a test counts is decided without looking at its result: by the known-good sites, the clock, changes of the network, sign-in pages, VPNs, proxies and hosting networks, and the order of attempts. Tests that do not count stay visible, and the page of evidence says how many there are.

methods-contrast = The contrast: only the name differs
methods-contrast-why = A timeout alone proves nothing: lines are bad, servers are slow, routes fail. So when a test fails, the agent makes a block of further attempts, { $each } with the site's name and { $each } with another name of the same length, all to the same address.
methods-contrast-how = The order of a block is one of { $orders }, drawn before the block by a seed that was fixed beforehand and that anybody can check. If the name did not matter, faults of whatever kind would decide which attempts fail, but the draw alone would decide which name they carry. If the failures follow the name more often than the draw allows, the name matters.
methods-contrast-beacon = A site could treat its own name differently. So the same contrast is made with a server of the project abroad, which answers to any name. If connections to that server fail under the site's name only, something between the volunteer and the server reads the name.

methods-numbers = From many tests to one grade
methods-numbers-e = Each block gives an e-value: how many times likelier its outcome is if the name matters than if it does not. On average it is not above one if the name does not matter, whatever faults there are. The e-values of independent volunteers are multiplied. No volunteer's blocks count for more than { $cap } in one day.
methods-numbers-aside = Before a claim is made, the most accusing volunteers are set aside: one for “likely”, two for “confirmed by behaviour”. So no single faulty line, local filter or liar can make a claim. Volunteers whose addresses are neighbours count as one line.
methods-numbers-many = Many pairs of site and network are looked at on the same day, and some would stand out by chance. So the bar for an e-value rises with the number of comparisons and falls with the number of claims (the e-BH procedure). Of all claims of one grade on one day, at most { $alpha } are false on average, as long as no more volunteers than were set aside lie or sit behind a filter of their own.
methods-numbers-share = The share of failed tests is computed from first tests only, never from blocks, since blocks are made where something failed. Its interval takes volunteers, not tests, as the unit. Below three volunteers no share is given (volunteers: { $few }).
methods-numbers-day = A day is Kazakhstan's calendar day. It is graded once, { $graded } hours after its end; before that, words are marked as provisional. A provider's word is that of its networks taken together; the page of evidence shows each network.

methods-words = The five words
methods-words-intro = A page never says more than one of these words about a site on a provider.
methods-grades = The grades behind the words
methods-grades-intro = Strongest first; the first rule that holds gives the grade.
methods-word = Word
methods-rule = Rule
methods-may = May be said
methods-not = May not be said

methods-blind = What this cannot see
methods-blind-address = Filters by address. If nobody at an address answers, two names cannot be compared there, so a filter looks like a fault. Such sites are shown as “unclear”, never as restricted.
methods-blind-beacon = Filters that act only on the way to certain servers. They leave the project's server alone; then “likely” is the most that can be said, and of plain requests nothing.
methods-blind-partial = Restrictions that are short, rare, slow instead of failing, or limited to some regions or tariffs.
methods-blind-lines = Volunteers' lines are not a sample of all lines. What is measured holds for them.
methods-blind-ech = Connections over QUIC and with an encrypted name are measured and shown; no word rests on them.
methods-blind-apps = Applications themselves are not run, only their hosts are asked. A messenger can work while these fail, and the other way round.
methods-blind-list = Only listed sites are tested. The list is a choice, not a sample, so no share of “the internet” can be computed from it.
methods-blind-liars = More lying volunteers than are set aside, on different lines of the same network, could bring about a false word.

methods-errors = Errors in both directions
methods-errors-false = False alarms: the bound of { $alpha } holds on average over days and rests on the conditions named above.
methods-errors-missed = Missed restrictions: with few volunteers the method stays silent. That is on purpose. “Not enough data” is the ordinary state of a small network and says nothing either way.

methods-volunteers = What is kept about volunteers
methods-volunteers-kept = No address, no name, no place. A record names the network, the hour and a key that an agent uses on one network in one month. The address from which records arrive is looked up in memory to find the network, and then forgotten.
methods-volunteers-buckets = Pages give numbers of volunteers as ranges. Records carry the key named above, so that anybody can check that measurements are independent of each other.

methods-corrections = Replies and corrections
methods-corrections-how = Every page and every measurement has an address of its own. Whoever sees a mistake, provider, owner of a site or reader, can name that address to those who run this site.
methods-corrections-kept = Records are never changed. If a rule turns out to be wrong, it is replaced under a new name, and the records are judged again; the old name is never used for something else.

methods-data = The data
methods-data-where = Every page has the same view as data, linked at its foot. The raw record of each measurement can be had byte for byte as it was received; its name is the SHA-256 of these bytes.
methods-data-prefixes = Which network an address belongs to is known from tables of others, with their date; errors in them can put a measurement on the wrong network.

methods-glossary = Glossary
term-provider = provider
    .meaning = a company that sells internet access and runs one or more networks
term-network = network
    .meaning = one autonomous system, with a number such as AS and digits
term-agent = agent
    .meaning = the program on a volunteer's device
term-control = control
    .meaning = a machine of the project abroad, or a site known to be reachable, with which a test is compared
term-measurement = measurement
    .meaning = everything that one agent did for one site in one hour
term-test = test
    .meaning = the first attempt of a measurement at the site; n counts these
term-block = block
    .meaning = attempts with the site's name and with another name, in an order drawn beforehand
term-beacon = project's server (beacon)
    .meaning = a server of the project abroad that answers to any name
term-artefact = artefact
    .meaning = a trace that proves itself, such as a certificate of a known interception authority
term-rule = rule
    .meaning = a published condition on what was seen, with a name that never changes
term-grade = grade
    .meaning = how strongly one day's cell is established; each grade has one public word
term-e-value = e-value
    .meaning = how many times likelier an outcome is if the name matters than if it does not
term-prefix = prefix
    .meaning = a range of neighbouring addresses
term-batch = batch
    .meaning = records that an agent sent together, signed
