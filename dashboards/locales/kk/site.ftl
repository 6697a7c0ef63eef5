# Every page.
site-name = Qoljetim
skip = Мазмұнға өту
nav-pages = Беттер
nav-overview = Шолу
nav-methods = Әдістеме
nav-languages = Тіл
nav-categories = Санаттар
demo = Деректер ойдан шығарылған. Бұл — көрсетілім: провайдерлер де, сайттар да, өлшемдер де ойдан алынған, олар Қазақстан туралы ештеңе айтпайды.
as-of = { $n ->
    [one] { $moment } жағдайы бойынша. Жазбалардың { $n } топтамасынан жасалды.
   *[other] { $moment } жағдайы бойынша. Жазбалардың { $n } топтамасынан жасалды.
}
moment = { $date }, Қазақстан уақытымен { $time } (UTC+5), UTC бойынша { $utc }
hour = { $date }, Қазақстан уақытымен { $from }–{ $to } (UTC+5), UTC бойынша { $utcfrom }–{ $utcto }
day-line = { $date }: Қазақстанның күнтізбелік күні (UTC+5), UTC бойынша алдыңғы күні { $utc } басталады
provisional = Алдын ала: бұл күнге түпкілікті баға әлі берілген жоқ, мұндағы әр сөз өзгеруі мүмкін.
data-heading = Осының дерек түріндегі нұсқасы:
data-json = осы бет JSON пішімінде
data-matrix = күннің кестесі JSON пішімінде
data-measurements = өлшемдер JSON пішімінде
data-record = осы өлшем JSON пішімінде
data-raw = қабылданған жазба, байтына дейін өзгеріссіз
licence = Мәтіндер мен деректер: Qoljetim,
attribution = Мекенжайдың қай желіге тиесілі екені мына деректер бойынша анықталады:
count-volunteers = еріктілер: { $bucket }
no-data-note = «Дерек аз» деген сөз ештеңені білдірмейді: сайттың шектелгенін де, шектелмегенін де айтпайды.
none = жоқ
nothing = –

# Headings of columns and facts.
col-site = Сайт
col-provider = Провайдер
col-word = Не анықталды
col-numbers = Сынақтар
col-how = Қолжетімділік қай жерде үзіледі, қай ереже бойынша
col-networks = Осындай нәтиже шыққан желілер
col-others = Қолжетімді болған басқа провайдерлер саны
fact-kind = Түрі
fact-networks = Желілері
fact-volunteers = Осы күнгі еріктілер
fact-address = Сыналатын мекенжай
fact-host = DNS сұрауындағы, TLS сәлемдемесіндегі және бет сұрауындағы атау
fact-port = Порт
fact-path = Сұралатын жол
fact-category = Санаты
fact-abroad = Шетелден тексеру
kind-fixed = сымды байланыс
kind-mobile = мобильді байланыс
kind-mixed = сымды және мобильді байланыс
kind-hosting = хостинг (ешқашан провайдер абоненті деп саналмайды)

# Overview.
overview-title = Не шектелген, қайда және бұл қаншалықты сенімді?
overview-intro = Қазақстандағы еріктілер өз қосылымынан сайттардың ашылатынын қадам-қадаммен тексереді. Әр ұяшық бір күнгі сынақтардың бір провайдердегі бір сайт туралы не көрсеткенін айтады. Айғақтарды көру үшін ұяшықты таңдаңыз.
overview-counts = «Сайт пен провайдер» жұптарының саны { $n }:
overview-tested = Осы күн үшін қатар бағаланған салыстырулар саны: { $n }.
overview-lacking = Тағы бір ерікті мына жерде ең қажет: { $names } (еріктілер: { $few }).
overview-region = Сайттар мен провайдерлер
overview-caption = Жолдарда — сайттар, бағандарда — провайдерлер. Әр ұяшықта таңба, сөз және n бар; n — есепке алынған сынақтар саны. Түс ешқашан жалғыз белгі болмайды.
overview-empty = Осы күні әлі ештеңе өлшенген жоқ. Бұл шектеу жоқ дегенді білдірмейді.
untested-heading = Тізімде бар, бірақ осы күні өлшенбеген
untested-note = Бұл сайттар тізімде бар; осы күні олардың бірде-бір сынағы келген жоқ. Бұл олар туралы ештеңе айтпайды.
key-heading = Мұны қалай оқу керек
key-more = Нақты ережесі

# A provider.
provider-intro = Осы күні осы провайдердің желілеріндегі еріктілер сынақтары әр сайт туралы не көрсетті.
provider-counts = Сайттар саны { $n }:
provider-empty = Осы күні осы провайдердің желілерінде ештеңе өлшенген жоқ. Бұл шектеу жоқ дегенді білдірмейді.
layers-heading = Қолжетімділік қай қадамда үзіледі
layers-intro = Шектелуі расталған немесе ықтимал сайттар, қосылым сәтсіз болатын қадам бойынша:
layers-none = Осы күні шектелуі расталған немесе ықтимал сайт жоқ.
layer-unnamed = қадамы анықталмаған
only-here-heading = Мұнда шектелген, басқаларда қолжетімді
only-here-intro = Бұл сайттар дәл сол күні басқа провайдерлерде қолжетімді болды, сондықтан мұндағы сәтсіздікті сайттың өзі де, шетелге шығатын арналар да түсіндірмейді.
only-here-none = Осы күні ондай сайт жоқ.
sites-heading = Барлық сайт
sites-caption = Осы күнгі осы провайдердегі әр сайт; алдымен шектеуі барлары.
reply-heading = Жауап беру құқығы
reply-note = Провайдер немесе сайт иесі беттің не өлшемнің мекенжайын атап, жауап бере алады немесе қатені көрсете алады. Қателердің қалай түзетілетіні әдістеме бетінде айтылған.
reply-more = Әдістеме: жауаптар мен түзетулер

# A site.
site-intro = Осы күні бұл сайт әр провайдердің желілерінен қолжетімді болды ма.
site-empty = Осы күні бірде-бір провайдерде бұл сайттың өлшемі жоқ. Бұл шектеу жоқ дегенді білдірмейді.
site-abroad = { $tried ->
    [0] Осы күні бұл сайт шетелден тексерілген жоқ, сондықтан сайттың өз ақауын ажырату мүмкін емес.
   *[other] Шетелдегі бақылау нүктелері { $tried } талпыныстың { $ok } рет сайтты ашты.
}
providers-heading = Провайдерлер бойынша
providers-caption = Осы күнгі осы сайт, әр провайдер бойынша.
requested-heading = Нақты не сұралды

# Numbers of a cell.
numbers-share = Сынақтардың { $share } сәтсіз: { $n } сынақтан { $failed }; еріктілер: { $bucket }
numbers-plain = { $n } сынақтан { $failed } сәтсіз; еріктілер: { $bucket }
numbers-zero = n = { $n }
numbers-void = { $n ->
    [0] Барлық өлшем есепке алынды.
   *[other] Есепке алынбаған өлшемдер саны: { $n }.
}
numbers-networks = { $all ->
    [0] бірде-бір желі өлшенбеген
   *[other] өлшенген { $all } желіден { $same }
}

# Evidence.
evidence-kicker = Айғақтар
numbers-heading = Сандар
numbers-interval = Шын үлес осы аралықта { $level } сенімділікпен жатады; аралық жеке сынақтар емес, еріктілер бойынша есептелген.
numbers-no-interval = Еріктілер { $few } адамнан аз болса, үлес көрсетілмейді.
empty-untested = Әлі сыналған жоқ: осы күні бұл жұп бойынша бірде-бір өлшем келмеді.
empty-void = Сыналды, бірақ бірде-бір өлшем есепке алынбады: ақау еріктінің өз желісінде немесе іске қосудың өзінде болған.
empty-thin = Сыналды, бірақ бірдеңе айту үшін еріктілер тым аз немесе сынақ тым сирек болды.
lines-heading = Желілер бойынша
lines-caption = Осы сайт атауын ұзындығы бірдей басқа атаумен салыстыру, e-мәндермен: атаудың мәні бар болса, мұндай сәтсіздіктер атаудың мәні жоқ кездегіден неше есе ықтимал. Ең көп айыптайтын еріктілер шығарып тасталғаннан кейін де e-мән межеге жеткенде ғана тұжырым жасалады.
col-network = Желі
col-grade = Баға
col-site-e = Сайттың өз мекенжайындағы e-мән: { $zero }, { $one } және { $two } ерікті шығарып тасталғанда
col-beacon-e = Жоба серверіндегі осындай мән
col-bar = Күннің межесі
col-lines = Еріктілер
col-blocks = Талпыныс топтары: сайт мекенжайында, жоба серверінде
col-abroad = Сайт ашылған шет елдер саны
col-strength = Тұжырымның беріктігі
strength-f = { $n ->
    [0] бірде-бір ерікті шығарылмаса ғана күшінде
   *[other] кез келген { $n } еріктісіз де күшінде
}
strength-upper = желілердің ең көбі { $upper } шектелген болуы мүмкін, { $level } сенімділікпен
lines-prefixes = { $bucket }; префикстер: { $prefixes }
strip-heading = Күн сайын
strip-label = Әр күннің бағасы, ең ертесінен бастап
strip-empty = Бұдан бұрынғы күндерге баға берілмеген.
strip-gap = бағасы жоқ күндер
fails-heading = Қолжетімділік қалай үзіледі
fails-caption = Әр қадам бойынша не тұжырымдалды: еріктілер агенттерінде және шетелдегі бақылау нүктелерінде. Сәтсіз қадамнан кейінгісіне әдетте жетпейді.
col-step = Қадам
col-agents = Еріктілер агенттері
col-controls = Шетелдегі бақылау нүктелері
step-all-ok = барлығында өтті: { $n }
step-all-failed = бірде-біреуінде өтпеді: { $n }
step-mixed = { $n } ішінен { $failed } өтпеді
step-none = жетпеді
alternatives-heading = Бұл тағы не болуы мүмкін
alternatives-caption = Басқа түсіндірмелер және әрқайсысы бойынша не тексерілгені.
alternatives-empty = Бұл жұп үшін басқа түсіндірмелер тексерілген жоқ.
col-explanation = Түсіндірме
col-finding = Тексерулер не дейді
col-checks = Тексеру саны
alternative-site-down = Сайт еш жерде жұмыс істемейді
alternative-site-refuses = Сайттың өзі осы елден кірушілерді қабылдамайды
alternative-own-line = Еріктілердің өз желілері ақаулы
alternative-own-software = Қосылымдарды еріктінің құрылғысындағы бағдарлама, мысалы антивирус, сүзеді
finding-excluded = жоққа шығарылды
finding-possible = мүмкін
finding-unknown = белгісіз
artefacts-heading = Трафикті ұстап қалу сертификаттары
artefacts-intro = Бұл сертификаттар сайттың өз сертификатының орнына көрсетілген. Әрқайсысы белгілі ұстап қалу орталығынікі; оның бақылау қосындысын кез келген адам қайта есептей алады.
artefacts-caption = Көрсетілген сертификаттар және әрқайсысына қол қойған орталық.
col-certificate = Сертификаттың SHA-256 қосындысы
col-subject = Кімге берілген
col-issuer = Кім берген
col-authority = Белгілі атауы
col-volunteers = Қанша еріктіге көрсетілді
measurements-heading = Осының негізіндегі өлшемдер
measurements-caption = Алдымен ең соңғы сағат; әрқайсысы өз қадамдары мен байттарына апарады.
measurements-empty = Осы күні бұл жұптың өлшемі жоқ.
measurements-part = Мұнда көрсетілген өлшемдер саны: { $n }; деректерде барлығы бар.
col-hour = Сағат
col-who = Кім өлшеді
col-concluded = Тұжырым
col-counted = Есепке алынды
counted-yes = иә
counted-as-control = бақылау ретінде
counted-no = жоқ
cite-heading = Дәйексөз келтіру
cite-text = Qoljetim. { $site }, { $provider }, { $day }: { $word }. Күйі: топтамалар саны { $n }, { $made }. { $path }
cite-note = Күн мен топтамалар саны осы бет қай күйден жасалғанын атайды. Алдын ала сөз кейінгі топтамалардан өзгеруі мүмкін.
limits-heading = Бұл нені айтпайды
limits-common = Өлшемдер кімнің және не үшін өкім бергенін көрсетпейді. Олар әр абонентке емес, өлшенген желілер мен сағаттарға қатысты.

# A measurement.
measurement-title = { $site }: бір өлшем
measurement-intro = Бір агенттің бір сағатта не істегені, қадам-қадаммен, және жинау сервері бұдан не тұжырымдайтыны. Бір өлшем — әлі қорытынды емес.
measurement-id = Оның атауы: байттарының SHA-256 қосындысы
fact-hour = Сағат
fact-network = Желі
fact-provider = Провайдер
fact-who = Кім өлшеді
fact-software = Бағдарлама
fact-snapshot = Қолданыстағы тізім
fact-batch = Келген топтамасы
fact-bytes = Көлемі
bytes = { $n } байт
batch-place = қабылдау ретіндегі нөмірі { $n }
network-unknown = желілер кестесінде жоқ
role-agent = еріктінің агенті
role-control = жобаның бақылау нүктесі
verdict-heading = Не тұжырымдалды
verdict-headline = Негізгісі
verdict-caption = Жеткен әр қадамға бір тұжырым; негізгі тұжырым ешқайсысын жасырмайды.
verdict-agent = Агенттің өз тұжырымы: { $state } ({ $rule }). Жинау сервері оған ешқашан сүйенбейді.
col-state = Тұжырым
col-rule = Ереже
col-because = Сүйенетін қадамдары
counted-heading = Бұл есепке алына ма?
counted-because-good = Есепке алынады: іске қосудың өзін-өзі тексеруі ақау таппады, ал қолжетімді екені белгілі көршілес сайттар ашылды.
counted-control = Бұл — бақылау: ол еріктілердің өлшемдерімен қатар тұрады, бірақ олардың санына кірмейді.
counted-void = Есепке алынбайды; бұл сайттың өзіне қарамай шешілген:
counted-no-provider = Провайдердің есебіне кірмейді: бұл желі провайдерлер желілерінің кестесінде жоқ.
counted-other = Жинау сервері оны есепке алмады.
steps-heading = Қадам-қадаммен
steps-caption = Уақыт іске қосу басталғаннан бергі секундтармен берілген.
col-number = Қадам
col-time = Басталуы, ұзақтығы
col-did = Не істелді
col-part = Қадамның рөлі
col-outcome = Нәтижесі
step-time = { $at } с, { $took } с
did-lookup = { $name } мекенжайы сұралды ({ $resolver })
did-connect = Қосылым ашылды: { $to }
did-handshake = TLS сәлемдемесі: { $to }, атауы { $name }
did-fetch = Бет сұралды: { $url }, мекенжайы { $to }
resolver-system = құрылғының өз резолвері
transport-system = жүйе арқылы
transport-udp = { $id }, UDP арқылы
transport-doh = { $id }, HTTPS арқылы
part-screen = сынақтың өзі
part-before = қолжетімді екені белгілі сайт, алдында
part-after = қолжетімді екені белгілі сайт, соңында
part-hop = қайта бағыттау { $n }
part-site-named = сайт мекенжайындағы { $round }-топ, { $slot }-талпыныс: осы сайттың атауы
part-site-neutral = сайт мекенжайындағы { $round }-топ, { $slot }-талпыныс: басқа атау
part-beacon-named = жоба серверіндегі { $round }-топ, { $slot }-талпыныс: осы сайттың атауы
part-beacon-neutral = жоба серверіндегі { $round }-топ, { $slot }-талпыныс: басқа атау
saw-addresses = мекенжайлар: { $addresses }
saw-late = барлығы { $n } жауап
saw-denied = жауапта ондай атау жоқ делінген
saw-no-address = жауапта мекенжай жоқ
saw-connected = қосылды
saw-session = { $version }: { $trust }
saw-page = күйі { $status }, { $bytes }
saw-page-title = күйі { $status }, { $bytes }, тақырыбы «{ $title }»
saw-failure = { $failure } (алынды: { $read }, жіберілді: { $written })
saw-failure-detail = { $failure }: { $detail } (алынды: { $read }, жіберілді: { $written })
did-service = { $name } қалай ашылатыны сұралды ({ $resolver })
did-split = TLS сәлемдемесі: { $to }, атауы { $name }, атаудың ішінен екіге бөлінген
did-nameless = TLS сәлемдемесі: { $to }, { $name } үшін, атаусыз
did-encrypted = TLS сәлемдемесі: { $to }, { $name } атауы шифрланған
did-quic = QUIC сәлемдемесі: { $to }, атауы { $name }
did-http3 = HTTP/3 арқылы бет сұралды: { $url }, мекенжайы { $to }
did-load = { $to } мекенжайынан { $name } атауымен { $bytes } жүктелді
did-hops = TLS сәлемдемесі: { $to }, атауы { $name }, жолы ең көбі { $most } түйін
resolver-provider = желіге берілген резолвер
resolver-nobody = резолвері жоқ мекенжай
part-site-quic-named = сайт мекенжайындағы { $round }-QUIC тобы, { $slot }-талпыныс: осы сайттың атауы
part-site-quic-neutral = сайт мекенжайындағы { $round }-QUIC тобы, { $slot }-талпыныс: басқа атау
part-beacon-quic-named = жоба серверіндегі { $round }-QUIC тобы, { $slot }-талпыныс: осы сайттың атауы
part-beacon-quic-neutral = жоба серверіндегі { $round }-QUIC тобы, { $slot }-талпыныс: басқа атау
part-beacon-load-named = жоба серверіндегі { $round }-жылдамдық тобы, { $slot }-талпыныс: осы сайттың атауы
part-beacon-load-neutral = жоба серверіндегі { $round }-жылдамдық тобы, { $slot }-талпыныс: басқа атау
part-site-encrypted = сайт мекенжайындағы { $round }-шифрлау тобы, { $slot }-талпыныс: атау шифрланған
part-site-open = сайт мекенжайындағы { $round }-шифрлау тобы, { $slot }-талпыныс: атау ашық
part-variation = анықтай түсетін түрі
part-over-quic = сол әрекет QUIC арқылы
saw-no-service = ондай жазба жоқ
saw-service = ұсынылғаны: { $offered }
saw-service-encrypted = ұсынылғаны: { $offered }; атауды шифрлауға болады
saw-loaded = { $seconds } ішінде { $bytes }
rung-nothing = ештеңе
rung-expired = түйін шегі таусылды
rung-answer = жауап
rung-reset = үзілді
rung-closed = жабылды
rung-no-connection = қосылым жоқ
certificates-heading = Көрсетілген сертификаттар
certificates-none = Бұл өлшемнің бірде-бір қадамында сертификат көрсетілген жоқ.
certificates-caption = Әр сертификат бір рет, көрсетілген қадамдарымен. Байттардың өзі жазбада.
col-size = Көлемі
col-shown = Көрсетілген қадамдары
trust-trusted = сертификат атауға жарамды
trust-unknown-issuer = сертификатты берген орталық жалпыға ортақ түбірлік тізімдердің ешқайсысында жоқ
trust-expired = сертификаттың мерзімі өткен
trust-not-yet-valid = сертификаттың мерзімі әлі басталмаған
trust-wrong-name = басқа атауға берілген сертификат
trust-other = сертификат жарамсыз

# Not found, and our own failures.
not-found-title = Мұндай бет жоқ
not-found-text = Бұл мекенжайда ештеңе жарияланбаған. Бәлкім, ондай бет ешқашан болмаған немесе мекенжай жолда қысқарып қалған. Бұл ешбір сайт не провайдер туралы ештеңе айтпайды.
not-found-home = Шолуға өту
error-title = Бетті жасау мүмкін болмады
error-text = Бұл — біздің ақауымыз, оның өлшенген нәрсеге қатысы жоқ; бұл «дерек аз» емес. Жазбалар сақталған. Бірнеше минуттан кейін қайталап көріңіз.
error-data = Деректердің өзі қолжетімді болуы мүмкін:

# Categories of sites.
category-news = Жаңалықтар
category-regional-news = Өңірлік жаңалықтар
category-public-broadcasting = Мемлекеттік және қоғамдық телерадио
category-social = Әлеуметтік желілер
category-video = Видео, фото және музыка
category-messenger = Мессенджерлер және байланыс
category-blogs = Блогтар және жарияланым алаңдары
category-petition = Петициялар
category-human-rights = Адам құқықтары
category-media-freedom = Сөз бостандығы және журналистика
category-politics = Саясат
category-society = Қоғам және мәдениет
category-reference = Анықтамалықтар және білім
category-search = Іздеу жүйелері және порталдар
category-files = Файл алмасу
category-software = Бағдарламалар және онлайн-құралдар
category-services = Күнделікті қызметтер
category-government = Мемлекеттік органдар және халықаралық ұйымдар
category-circumvention = Бұғаттауды айналып өту құралдары
category-other = Басқа

# Serving hosts of messengers and platforms.
endpoint-name = { $platform }: { $serves } ({ $host })
serves-api = кіру және хабарламалар
serves-web = браузер нұсқасы
serves-cdn = суреттер мен бағдарламалар
serves-socket = тұрақты қосылым
