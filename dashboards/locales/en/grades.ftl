# The five public words. A page never says more.
word-confirmed = Restriction confirmed by measurement
    .short = confirmed
    .meaning = Independent volunteers hold a trace of interference that proves itself, or connections fail by this site's name so often and so consistently that the strict test passes, while controls worked.
word-likely = Restriction likely
    .short = likely
    .meaning = Connections with this site's name fail while the same server answers under another name; the strict test has not passed.
word-inconclusive = Inconclusive: signs conflict
    .short = unclear
    .meaning = Measured enough, but results disagree, or another cause fits as well, or the site fails abroad too.
word-reachable = Reachable when measured
    .short = reachable
    .meaning = Enough volunteers reached it. Short or partial restrictions could have been missed.
word-no-data = Not enough data
    .short = no data
    .meaning = Too few tests or volunteers. This says nothing either way.

# The grades behind the words.
grade-a = confirmed by artefact
    .name = A: by artefact
    .rule = At least { $artefact-lines } volunteers on { $artefact-prefixes } different prefixes hold an artefact that proves itself: a certificate of a known interception authority, a forged answer to a lookup, or somebody else's page in place of the project's server's answer. The collector checks each again.
    .may = Customers of this provider were served such a certificate, answer or page.
    .not = Who ordered it.
grade-b = confirmed by behaviour
    .name = B: by behaviour
    .rule = The e-values at the site's own address and at the project's server both reach the bar of the day after the { $by-name-aside } most accusing volunteers are set aside; at least { $by-name-lines } volunteers on { $by-name-prefixes } prefixes; controls reach the site in at least { $by-name-countries } countries.
    .may = Access is restricted by name for customers of this provider, between the customer and the server.
    .not = Which company's device does it.
grade-c = likely
    .name = C: likely
    .rule = The e-value at the site's own address reaches the bar of the day after the { $likely-aside } most accusing volunteer is set aside; at least { $likely-lines } volunteers; controls abroad reach the site.
    .may = Connections with this name fail for customers of this provider while the same server answers under another name.
    .not = That the provider's network does it rather than the site.
grade-d = signs, not established
    .name = D: signs
    .rule = There are signs, but no test passes with any volunteer set aside; or the site's addresses do not accept connections here although they do abroad. A filter by address and a routing fault look the same.
    .may = There are signs of interference; it is not established.
    .not = Any cause.
grade-reachable = reachable
    .name = Reachable
    .rule = Every test of enough volunteers reached the site: with { $level } confidence, and one volunteer set aside, at most { $reachable-share } of lines can be restricted.
    .may = Reached on every measured line.
    .not = That nothing is restricted.
grade-down = down abroad too
    .name = Down
    .rule = The site is not reached steadily from abroad either.
    .may = The site failed abroad too on this day.
    .not = Anything about the provider.
grade-insufficient = not enough data
    .name = Insufficient
    .rule = Everything else.
    .may = There is not enough data.
    .not = Anything else.

# The sentence at the head of a page of evidence.
claim-a = Customers of { $provider } got answers that are not those of { $site }: the traces prove themselves.
claim-a-dns = Customers of { $provider } got forged answers when they looked up { $site }.
claim-a-tls = Customers of { $provider } were served a certificate of a known interception authority in place of that of { $site }.
claim-a-http = Customers of { $provider } were served another page in place of that of { $site }.
claim-b = Access to { $site } is restricted by name for customers of { $provider }, between the customer and the server.
claim-c = Connections with the name { $site } fail for customers of { $provider } while the same server answers under another name.
claim-d = There are signs that connections to { $site } are interfered with for customers of { $provider }; it is not established.
claim-d-tcp = The addresses of { $site } do not accept connections from customers of { $provider }, though they do abroad. This method cannot tell a filter by address from a fault.
claim-reachable = { $site } was reached on every measured line of { $provider }.
claim-down = { $site } was not reached steadily from abroad either. Nothing follows about { $provider }.
claim-insufficient = There is not enough data about { $site } on { $provider }. This says nothing either way.

# What a page of evidence does not say, by grade.
limit-a = An artefact shows what was served, not who ordered it, and not that every customer is served it.
limit-b = A device between the customer and the server reads the name. Which company's device it is would take another kind of test.
limit-c = The site itself might treat its own name differently; only the contrast at the project's server would exclude that.
limit-d = Nothing is claimed. The signs may come from a fault.
limit-reachable = Short, partial or local restrictions could have been missed; this is not “nothing is restricted”.
limit-down = While the site fails abroad too, no restriction can be seen, whether there is one or not.
limit-insufficient = The absence of data is not the absence of restriction.
