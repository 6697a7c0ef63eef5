# Every page.
site-name = Qoljetim
skip = Перейти к содержанию
nav-pages = Страницы
nav-overview = Обзор
nav-methods = Методика
nav-languages = Язык
nav-categories = Категории
demo = Данные вымышлены. Это демонстрация: провайдеры, сайты и измерения придуманы и ничего не говорят о Казахстане.
as-of = { $n ->
    [one] Состояние на { $moment }. Основано на { $n } пакете записей.
   *[other] Состояние на { $moment }. Основано на { $n } пакетах записей.
}
moment = { $date }, { $time } в Казахстане (UTC+5), { $utc } UTC
hour = { $date }, { $from }–{ $to } в Казахстане (UTC+5), { $utcfrom }–{ $utcto } UTC
day-line = { $date }: календарный день Казахстана (UTC+5); он начинается в { $utc } UTC предыдущего дня
provisional = Предварительно: окончательной оценки за этот день ещё нет, любое слово здесь может измениться.
data-heading = То же в виде данных:
data-json = эта страница в JSON
data-matrix = таблица за день в JSON
data-measurements = измерения в JSON
data-record = это измерение в JSON
data-raw = запись байт в байт, как она получена
licence = Тексты и данные: Qoljetim,
attribution = Какой сети принадлежит адрес, определяется по данным
count-volunteers = волонтёры: { $bucket }
no-data-note = «Мало данных» не говорит ничего: ни что сайт ограничен, ни что он не ограничен.
none = нет
nothing = –

# Headings of columns and facts.
col-site = Сайт
col-provider = Провайдер
col-word = Что установлено
col-numbers = Проверки
col-how = Где нарушается доступ и по какому правилу
col-networks = Сети с таким результатом
col-others = У скольких других провайдеров доступен
fact-kind = Вид
fact-networks = Сети
fact-volunteers = Волонтёры в этот день
fact-address = Проверяемый адрес
fact-host = Имя в запросе DNS, в приветствии TLS и в запросе страницы
fact-port = Порт
fact-path = Запрашиваемый путь
fact-category = Категория
fact-abroad = Проверка из-за рубежа
kind-fixed = проводная связь
kind-mobile = мобильная связь
kind-mixed = проводная и мобильная связь
kind-hosting = хостинг (никогда не считается абонентами провайдера)

# Overview.
overview-title = Что ограничено, где и насколько это достоверно?
overview-intro = Волонтёры в Казахстане со своих подключений шаг за шагом проверяют, доступны ли сайты. Каждая ячейка говорит, что показали их проверки за один день для одного сайта у одного провайдера. Выберите ячейку, чтобы увидеть свидетельства.
overview-counts = { $n ->
    [one] { $n } пара «сайт и провайдер»:
    [few] { $n } пары «сайт и провайдер»:
   *[other] { $n } пар «сайт и провайдер»:
}
overview-tested = { $n ->
    [one] За этот день оценено одновременно { $n } сравнение.
    [few] За этот день оценены одновременно { $n } сравнения.
   *[other] За этот день оценено одновременно { $n } сравнений.
}
overview-lacking = Ещё один волонтёр нужнее всего здесь: { $names } (волонтёры: { $few }).
overview-region = Сайты и провайдеры
overview-caption = В строках сайты, в столбцах провайдеры. В каждой ячейке знак, слово и n — число засчитанных проверок. Цвет никогда не бывает единственным признаком.
overview-empty = За этот день измерений ещё нет. Это не свидетельство того, что ограничений нет.
untested-heading = Есть в списке, но за этот день не измерены
untested-note = Эти сайты есть в списке; за этот день ни одной их проверки не поступило. О них это ничего не говорит.
key-heading = Как это читать
key-more = Точное правило

# A provider.
provider-intro = Что показали за этот день проверки волонтёров в сетях этого провайдера по каждому сайту.
provider-counts = { $n ->
    [one] { $n } сайт:
    [few] { $n } сайта:
   *[other] { $n } сайтов:
}
provider-empty = В сетях этого провайдера за этот день измерений нет. Это не свидетельство того, что ограничений нет.
layers-heading = На каком шаге нарушается доступ
layers-intro = Сайты, ограничение которых подтверждено или вероятно, по шагу, на котором не удаются соединения:
layers-none = За этот день нет сайтов, ограничение которых подтверждено или вероятно.
layer-unnamed = шаг не определён
only-here-heading = Ограничено здесь, доступно у других
only-here-intro = В тот же день эти сайты были доступны у других провайдеров, поэтому ни сам сайт, ни зарубежные каналы не объясняют сбой здесь.
only-here-none = За этот день таких сайтов нет.
sites-heading = Все сайты
sites-caption = Каждый сайт у этого провайдера за этот день; сначала сайты с ограничениями.
reply-heading = Право на ответ
reply-note = Провайдер или владелец сайта может ответить или указать на ошибку, назвав адрес страницы или измерения. Как исправляются ошибки, сказано на странице о методике.
reply-more = Методика: ответы и исправления

# A site.
site-intro = Был ли этот сайт доступен в этот день из сетей каждого провайдера.
site-empty = Ни у одного провайдера нет измерений этого сайта за этот день. Это не свидетельство того, что ограничений нет.
site-abroad = { $tried ->
    [0] В этот день этот сайт не проверяли из-за рубежа, поэтому сбой самого сайта отличить нельзя.
   *[other] Контрольные точки за рубежом открыли его в { $ok } из { $tried } попыток.
}
providers-heading = По провайдерам
providers-caption = Этот сайт у каждого провайдера за этот день.
requested-heading = Что именно запрашивалось

# Numbers of a cell.
numbers-share = Не удалось { $share } проверок: { $failed } из { $n }; волонтёры: { $bucket }
numbers-plain = Не удалось { $failed } из { $n } проверок; волонтёры: { $bucket }
numbers-zero = n = { $n }
numbers-void = { $n ->
    [0] Все измерения засчитаны.
    [one] Не засчитано { $n } измерение.
    [few] Не засчитаны { $n } измерения.
   *[other] Не засчитано { $n } измерений.
}
numbers-networks = { $all ->
    [0] ни одна сеть не измерена
    [one] { $same } из { $all } измеренной сети
   *[other] { $same } из { $all } измеренных сетей
}

# Evidence.
evidence-kicker = Свидетельства
numbers-heading = Числа
numbers-interval = Интервал содержит истинную долю с достоверностью { $level }; он рассчитан по волонтёрам, а не по отдельным проверкам.
numbers-no-interval = Если волонтёров меньше { $few }, доля не указывается.
empty-untested = Ещё не проверялось: за этот день не поступило ни одного измерения этой пары.
empty-void = Проверялось, но ни одно измерение не засчитано: сбой был на линии самого волонтёра или в самом запуске.
empty-thin = Проверялось, но слишком малым числом волонтёров или слишком редко, чтобы что-то сказать.
lines-heading = По сетям
lines-caption = Сравнение имени этого сайта с другим именем той же длины, в e-значениях: во сколько раз вероятнее такие сбои, если имя имеет значение, чем если не имеет. Вывод делается, только если e-значение достигает порога после исключения самых обвиняющих волонтёров.
col-network = Сеть
col-grade = Оценка
col-site-e = E-значение на адресе самого сайта, если исключить { $zero }, { $one } и { $two } волонтёров
col-beacon-e = То же на сервере проекта
col-bar = Порог дня
col-lines = Волонтёры
col-blocks = Серий попыток: на адресе сайта, на сервере проекта
col-abroad = Стран за рубежом, откуда он открылся
col-strength = Что выдерживает вывод
strength-f = { $n ->
    [0] верен, пока не исключён ни один волонтёр
    [one] верен и без любого { $n } волонтёра
   *[other] верен и без любых { $n } волонтёров
}
strength-upper = ограничено не более { $upper } линий, с достоверностью { $level }
lines-prefixes = { $bucket }; префиксы: { $prefixes }
strip-heading = День за днём
strip-label = Оценка каждого дня, сначала самый ранний
strip-empty = Более ранние дни не оценены.
strip-gap = дни без оценки
fails-heading = Как нарушается доступ
fails-caption = Что заключено на каждом шаге — по агентам волонтёров и по контрольным точкам за рубежом. До шага после неудавшегося дело обычно не доходит.
col-step = Шаг
col-agents = Агенты волонтёров
col-controls = Контрольные точки за рубежом
step-all-ok = пройден во всех { $n }
step-all-failed = не пройден во всех { $n }
step-mixed = не пройден в { $failed } из { $n }
step-none = не дошло
alternatives-heading = Чем ещё это может быть
alternatives-caption = Другие объяснения и то, что проверено по каждому.
alternatives-empty = Для этой пары другие объяснения не проверялись.
col-explanation = Объяснение
col-finding = Что говорят проверки
col-checks = Проверок
alternative-site-down = Сайт не работает нигде
alternative-site-refuses = Сайт сам отказывает посетителям из этой страны
alternative-own-line = Неисправны линии самих волонтёров
alternative-own-software = Соединения фильтрует программа на устройстве волонтёра, например антивирус
finding-excluded = исключено
finding-possible = возможно
finding-unknown = неизвестно
artefacts-heading = Сертификаты перехвата
artefacts-intro = Эти сертификаты были предъявлены вместо сертификата сайта. Каждый принадлежит известному центру перехвата; его отпечаток может пересчитать каждый.
artefacts-caption = Предъявленные сертификаты и центр, подписавший каждый из них.
col-certificate = SHA-256 сертификата
col-subject = Кому выдан
col-issuer = Кем выдан
col-authority = Известен как
col-volunteers = Скольким волонтёрам предъявлен
measurements-heading = Измерения, на которых это основано
measurements-caption = Сначала самый поздний час; каждое ведёт к своим шагам и байтам.
measurements-empty = За этот день нет измерений этой пары.
measurements-part = { $n ->
    [one] Здесь перечислено { $n } измерение; в данных есть все.
    [few] Здесь перечислены { $n } измерения; в данных есть все.
   *[other] Здесь перечислено { $n } измерений; в данных есть все.
}
col-hour = Час
col-who = Кто
col-concluded = Заключение
col-counted = Засчитано
counted-yes = да
counted-as-control = как контроль
counted-no = нет
cite-heading = Как сослаться
cite-text = Qoljetim. { $site }, { $provider }, { $day }: { $word }. Состояние: пакетов { $n }, { $made }. { $path }
cite-note = День и число пакетов называют состояние, из которого создана эта страница. Предварительное слово может измениться, когда придут новые пакеты.
limits-heading = Чего это не говорит
limits-common = Измерения не показывают, кто и почему распорядился. Они относятся к измеренным линиям и часам, а не к каждому абоненту.

# A measurement.
measurement-title = Одно измерение { $site }
measurement-intro = Что сделал один агент за один час, шаг за шагом, и что из этого заключает сервер сбора. Одно измерение — ещё не вывод.
measurement-id = Его имя: SHA-256 его байтов
fact-hour = Час
fact-network = Сеть
fact-provider = Провайдер
fact-who = Кто измерил
fact-line = Замечено о линии и устройстве
line-nothing-noted = ничего особенного
fact-software = Программа
fact-hello = Вид приветствия TLS (JA4)
fact-snapshot = Действовавший список
fact-batch = Пришло в пакете
fact-bytes = Размер
bytes = { $n ->
    [one] { $n } байт
    [few] { $n } байта
   *[other] { $n } байт
}
batch-place = номер { $n } в порядке приёма
network-unknown = нет в таблице сетей
role-agent = агент волонтёра
role-control = контрольная точка проекта
verdict-heading = Что заключено
verdict-headline = Главное
verdict-caption = По одному заключению на каждый пройденный шаг; главное ни одного не скрывает.
verdict-agent = Сам агент заключил: { $state } ({ $rule }). Сервер сбора на это никогда не опирается.
reach-within = Как далеко: приветствие TLS с именем этого сайта и приветствие с другим именем ведут себя по-разному, как только проходят узлов: { $within }.
reach-beyond = До узла { $beyond } разницы нет.
reach-server = Узлов до сервера: { $server }.
reach-inside = Маршрутизаторы до и после этого места принадлежат сетям этого провайдера ({ $network }): разница возникает внутри сети провайдера.
reach-own = Маршрутизатор там принадлежит сети этого провайдера ({ $network }): разница возникает внутри сети провайдера или ближе к волонтёру.
reach-edge = Маршрутизатор там принадлежит сети этого провайдера ({ $network }), а следующий — другой или неизвестной сети: по какую сторону границы сети провайдера возникает разница, остаётся неизвестным.
reach-other = Маршрутизатор там принадлежит { $network }, а это не сеть этого провайдера: где на пути к нему возникает разница, остаётся неизвестным.
reach-unknown = Чей маршрутизатор там стоит, неизвестно.
col-state = Заключение
col-rule = Правило
col-because = Опирается на шаги
counted-heading = Засчитано ли оно?
counted-because-good = Засчитано: самопроверка запуска не нашла неисправностей, а заведомо доступные сайты рядом с проверкой открылись.
counted-control = Это контроль: он стоит рядом с измерениями волонтёров и в их число не входит.
counted-void = Не засчитано; решено это без оглядки на сам сайт:
counted-no-provider = Провайдеру не засчитано: этой сети нет в таблице сетей провайдеров.
counted-other = Сервер сбора его не засчитал.
steps-heading = Шаг за шагом
steps-caption = Время — в секундах от начала запуска.
col-number = Шаг
col-time = Начат, длился
col-did = Что сделано
col-part = Роль шага
col-outcome = Что вышло
step-time = { $at } с, { $took } с
did-lookup = Запрошен адрес { $name } ({ $resolver })
did-connect = Открыто соединение с { $to }
did-handshake = Приветствие TLS к { $to } с именем { $name }
did-fetch = У { $to } запрошена страница { $url }
resolver-system = резолвер самого устройства
transport-system = через систему
transport-udp = { $id }, по UDP
transport-doh = { $id }, по HTTPS
part-screen = сама проверка
part-before = заведомо доступный сайт, до
part-after = заведомо доступный сайт, после
part-hop = перенаправление { $n }
part-site-named = серия { $round } на адресе сайта, попытка { $slot }: имя этого сайта
part-site-neutral = серия { $round } на адресе сайта, попытка { $slot }: другое имя
part-beacon-named = серия { $round } на сервере проекта, попытка { $slot }: имя этого сайта
part-beacon-neutral = серия { $round } на сервере проекта, попытка { $slot }: другое имя
saw-addresses = адреса: { $addresses }
saw-late = { $n ->
    [one] всего { $n } ответ
    [few] всего { $n } ответа
   *[other] всего { $n } ответов
}
saw-denied = в ответе сказано, что такого имени нет
saw-no-address = в ответе нет адреса
saw-connected = соединение установлено
saw-session = { $version }: { $trust }
saw-page = статус { $status }, { $bytes }
saw-page-title = статус { $status }, { $bytes }, заголовок «{ $title }»
saw-failure = { $failure } (получено: { $read }, отправлено: { $written })
saw-failure-detail = { $failure }: { $detail } (получено: { $read }, отправлено: { $written })
did-service = Запрошено, как открыть { $name } ({ $resolver })
did-split = Приветствие TLS к { $to } с именем { $name }, разрезанное внутри имени
did-nameless = Приветствие TLS к { $to } для { $name } без имени
did-encrypted = Приветствие TLS к { $to } с зашифрованным именем { $name }
did-quic = Приветствие QUIC к { $to } с именем { $name }
did-http3 = У { $to } запрошена страница { $url } по HTTP/3
did-load = С { $to } загружено { $bytes } под именем { $name }
did-hops = Приветствие TLS к { $to } с именем { $name }, путь не длиннее { $most } узлов
resolver-provider = резолвер, выданный линии
resolver-nobody = адрес, где нет резолвера
part-site-quic-named = серия QUIC { $round } на адресе сайта, попытка { $slot }: имя этого сайта
part-site-quic-neutral = серия QUIC { $round } на адресе сайта, попытка { $slot }: другое имя
part-beacon-quic-named = серия QUIC { $round } на сервере проекта, попытка { $slot }: имя этого сайта
part-beacon-quic-neutral = серия QUIC { $round } на сервере проекта, попытка { $slot }: другое имя
part-beacon-load-named = серия скорости { $round } на сервере проекта, попытка { $slot }: имя этого сайта
part-beacon-load-neutral = серия скорости { $round } на сервере проекта, попытка { $slot }: другое имя
part-site-encrypted = серия шифрования { $round } на адресе сайта, попытка { $slot }: имя зашифровано
part-site-open = серия шифрования { $round } на адресе сайта, попытка { $slot }: имя открыто
part-site-elsewhere-named = серия { $round } на другом адресе сайта, попытка { $slot }: имя этого сайта
part-site-elsewhere-neutral = серия { $round } на другом адресе сайта, попытка { $slot }: другое имя
part-variation = разновидность, которая уточняет
part-over-quic = то же по QUIC
saw-no-service = такой записи нет
saw-service = предложено: { $offered }
saw-service-encrypted = предложено: { $offered }; имя можно зашифровать
saw-loaded = { $bytes } за { $seconds }
rung-nothing = ничего
rung-expired = предел узлов исчерпан
rung-answer = ответ
rung-reset = сброс
rung-closed = закрыто
rung-no-connection = нет соединения
certificates-heading = Предъявленные сертификаты
certificates-none = Ни на одном шаге этого измерения сертификат не предъявлен.
certificates-caption = Каждый сертификат один раз, с шагами, на которых он предъявлен. Сами байты — в записи.
col-size = Размер
col-shown = Предъявлен на шагах
trust-trusted = сертификат действителен для имени
trust-unknown-issuer = сертификат издателя, которого нет ни в одном общедоступном списке корневых центров
trust-expired = срок сертификата истёк
trust-not-yet-valid = срок сертификата ещё не начался
trust-wrong-name = сертификат на другое имя
trust-other = сертификат недействителен

# Not found, and our own failures.
not-found-title = Такой страницы нет
not-found-text = По этому адресу ничего не опубликовано. Возможно, страницы никогда не было или адрес в пути обрезан. Это ничего не говорит ни о сайте, ни о провайдере.
not-found-home = Перейти к обзору
error-title = Страницу не удалось создать
error-text = Это наш сбой, он не связан с тем, что измерено; это не «мало данных». Записи сохранены. Попробуйте ещё раз через несколько минут.
error-data = Данные, возможно, доступны:

# Categories of sites.
category-news = Новости
category-regional-news = Региональные новости
category-public-broadcasting = Государственное и общественное телерадиовещание
category-social = Социальные сети
category-video = Видео, фото и музыка
category-messenger = Мессенджеры и связь
category-blogs = Блоги и площадки для публикаций
category-petition = Петиции
category-human-rights = Права человека
category-media-freedom = Свобода слова и журналистика
category-politics = Политика
category-society = Общество и культура
category-reference = Справочники и знания
category-search = Поисковики и порталы
category-files = Обмен файлами
category-software = Программы и онлайн-инструменты
category-services = Повседневные услуги
category-government = Государственные органы и международные организации
category-circumvention = Инструменты обхода блокировок
category-other = Прочее

# Serving hosts of messengers and platforms.
endpoint-name = { $platform }: { $serves } ({ $host })
serves-api = вход и сообщения
serves-web = версия для браузера
serves-cdn = картинки и программы
serves-socket = постоянное соединение
