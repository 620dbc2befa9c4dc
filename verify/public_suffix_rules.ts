/**
 * The ICANN part of the public suffix list (publicsuffix.org, MPL-2.0), as the npm package tldts
 * 7.6.0 has it: the labels below each name. Made by `deno task update:suffixes`; do not edit.
 *
 * @module
 */

/**
 * `gg: uk: ac co` are the rules `ac.gg`, `ac.uk` and so on; `.` is above the top-level
 * domains; `+` stands for com edu gov net org.
 */
export const ICANN_RULES: string = `
.: aaa aarp abb abbott abbvie abc able abogado abudhabi ac academy accenture accountant accountants
aco actor ad ads adult ae aeg aero aetna af afl africa ag agakhan agency ai aig airbus airforce
airtel akdn al alibaba alipay allfinanz allstate ally alsace alstom am amazon americanexpress
americanfamily amex amfam amica amsterdam analytics android anquan anz ao aol apartments app apple
aq aquarelle ar arab aramco archi army arpa art arte as asda asia associates at athleta attorney au
auction audi audible audio auspost author auto autos aw aws ax axa az azure ba baby baidu banamex
band bank bar barcelona barclaycard barclays barefoot bargains baseball basketball bauhaus bayern
bb bbc bbt bbva bcg bcn bd be beats beauty beer berlin best bestbuy bet bf bg bh bharti bi bible
bid bike bing bingo bio biz bj black blackfriday blockbuster blog bloomberg blue bm bms bmw bn
bnpparibas bo boats boehringer bofa bom bond boo book booking bosch bostik boston bot boutique box
br bradesco bridgestone broadway broker brother brussels bs bt build builders business buy buzz bv
bw by bz bzh ca cab cafe cal call calvinklein cam camera camp canon capetown capital capitalone car
caravan cards care career careers cars casa case cash casino cat catering catholic cba cbn cbre cc
cd center ceo cern cf cfa cfd cg ch chanel channel charity chase chat cheap chintai christmas
chrome church ci cipriani circle cisco citadel citi citic city cl claims cleaning click clinic
clinique clothing cloud club clubmed cm cn co coach codes coffee college cologne com commbank
community company compare computer comsec condos construction consulting contact contractors
cooking cool coop corsica country coupon coupons courses cpa cr credit creditcard creditunion
cricket crown crs cruise cruises cu cuisinella cv cw cx cy cymru cyou cz dad dance data date dating
datsun day dclk dds de deal dealer deals degree delivery dell deloitte delta democrat dental
dentist desi design dev dhl diamonds diet digital direct directory discount discover dish diy dj dk
dm dnp do docs doctor dog domains dot download drive dtv dubai dupont durban dvag dvr dz earth eat
ec eco edeka edu education ee eg email emerck energy engineer engineering enterprises epson
equipment ericsson erni es esq estate et eu eurovision eus events exchange expert exposed express
extraspace fage fail fairwinds faith family fan fans farm farmers fashion fast fedex feedback
ferrari ferrero fi fidelity fido film final finance financial fire firestone firmdale fish fishing
fit fitness fj flickr flights flir florist flowers fly fm fo foo food football ford forex forsale
forum foundation fox fr free fresenius frl frogans frontier ftr fujitsu fun fund furniture futbol
fyi ga gal gallery gallo gallup game games gap garden gay gb gbiz gd gdn ge gea gent genting george
gf gg ggee gh gi gift gifts gives giving gl glass gle global globo gm gmail gmbh gmo gmx gn godaddy
gold goldpoint golf goodyear goog google gop got gov gp gq gr grainger graphics gratis green gripe
grocery group gs gt gu gucci guge guide guitars guru gw gy hair hamburg hangout haus hbo hdfc
hdfcbank health healthcare help here hermes hiphop hisamitsu hitachi hiv hk hkt hm hn hockey
holdings holiday homedepot homegoods homes homesense honda horse hospital host hosting hot hotel
hotels hotmail house how hr hsbc ht hu hughes hyatt hyundai ibm icbc ice icu id ie ieee ifm ikano
il im imamat imdb immo immobilien in inc industries infiniti info ing ink institute insurance
insure int international intuit investments io ipiranga iq ir irish is ismaili ist istanbul it itau
itv jaguar java jcb je jeep jetzt jewelry jio jll jmp jnj jo jobs joburg jot joy jp jpmorgan jprs
juegos kaufen kddi ke kerryhotels kerryproperties kfh kg kh ki kia kids kim kindle kitchen kiwi km
kn koeln komatsu kosher kp kpmg kpn kr krd kred kuokgroup kw ky kyoto kz la lacaixa lamborghini
lamer land landrover lanxess lasalle lat latino latrobe law lawyer lb lc lds lease leclerc lefrak
legal lego lexus lgbt li lidl life lifeinsurance lifestyle lighting like lilly limited limo lincoln
link live living lk llc llp loan loans locker locus lol london lotte lotto love lpl lplfinancial lr
ls lt ltd ltda lu lundbeck luxe luxury lv ly ma madrid maif maison makeup man management mango map
market marketing markets marriott marshalls mattel mba mc mckinsey md me med media meet melbourne
meme memorial men menu merck merckmsd mg mh miami microsoft mil mini mint mit mitsubishi mk ml mlb
mls mma mn mo mobi mobile moda moe moi mom monash money monster mormon mortgage moscow moto
motorcycles mov movie mp mq mr ms msd mt mtn mtr mu museum music mv mw mx my mz na nab nagoya name
navy nba nc ne nec net netbank netflix network neustar new news next nextdirect nexus nf nfl ng ngo
nhk ni nico nike nikon ninja nissan nissay nl no nokia norton now nowruz nowtv nr nra nrw ntt nu
nyc nz obi observer office okinawa olayan olayangroup ollo om omega one ong onion onl online ooo
open oracle orange org organic origins osaka otsuka ott ovh pa page panasonic paris pars partners
parts party pay pccw pe pet pf pfizer ph pharmacy phd philips phone photo photography photos physio
pics pictet pictures pid pin ping pink pioneer pizza pk pl place play playstation plumbing plus pm
pn pnc pohl poker politie porn post pr praxi press prime pro prod productions prof progressive
promo properties property protection pru prudential ps pt pub pw pwc py qa qpon quebec quest racing
radio re read realestate realtor realty recipes red redumbrella rehab reise reisen reit reliance
ren rent rentals repair report republican rest restaurant review reviews rexroth rich richardli
ricoh ril rio rip ro rocks rodeo rogers room rs rsvp ru rugby ruhr run rw rwe ryukyu sa saarland
safe safety sakura sale salon samsclub samsung sandvik sandvikcoromant sanofi sap sarl sas save
saxo sb sbi sbs sc scb schaeffler schmidt scholarships school schule schwarz science scot sd se
search seat secure security seek select sener services seven sew sex sexy sfr sg sh shangrila sharp
shell shia shiksha shoes shop shopping shouji show si silk sina singles site sj sk ski skin sky
skype sl sling sm smart smile sn sncf so soccer social softbank software sohu solar solutions song
sony soy spa space sport spot sr srl ss st stada staples star statebank statefarm stc stcgroup
stockholm storage store stream studio study style su sucks supplies supply support surf surgery
suzuki sv swatch swiss sx sy sydney systems sz tab taipei talk taobao target tatamotors tatar
tattoo tax taxi tc tci td tdk team tech technology tel temasek tennis teva tf tg th thd theater
theatre tiaa tickets tienda tips tires tirol tj tjmaxx tjx tk tkmaxx tl tm tmall tn to today tokyo
tools top toray toshiba total tours town toyota toys tr trade trading training travel travelers
travelersinsurance trust trv tt tube tui tunes tushu tv tvs tw tz ua ubank ubs ug uk unicom
university uno uol ups us uy uz va vacations vana vanguard vc ve vegas ventures verisign
versicherung vet vg vi viajes video vig viking villas vin vip virgin visa vision viva vivo
vlaanderen vn vodka volvo vote voting voto voyage vu wales walmart walter wang wanggou watch
watches weather weatherchannel web webcam weber website wed wedding weibo weir wf whoswho wien wiki
williamhill win windows wine winners wme woodside work works world wow ws wtc wtf xbox xerox xin
xn--11b4c3d xn--1ck2e1b xn--1qqw23a xn--2scrj9c xn--30rr7y xn--3bst00m xn--3ds443g xn--3e0b707e
xn--3hcrj9c xn--3pxu8k xn--42c2d9a xn--45br5cyl xn--45brj9c xn--45q11c xn--4dbrk0ce xn--4gbrim
xn--54b7fta0cc xn--55qw42g xn--55qx5d xn--5su34j936bgsg xn--5tzm5g xn--6frz82g xn--6qq986b3xl
xn--80adxhks xn--80ao21a xn--80aqecdr1a xn--80asehdb xn--80aswg xn--8y0a063a xn--90a3ac xn--90ae
xn--90ais xn--9dbq2a xn--9et52u xn--9krt00a xn--b4w605ferd xn--bck1b9a5dre4c xn--c1avg xn--c2br7g
xn--cck2b3b xn--cckwcxetd xn--cg4bki xn--clchc0ea0b2g2a9gcd xn--czr694b xn--czrs0t xn--czru2d
xn--d1acj3b xn--d1alf xn--e1a4c xn--eckvdtc9d xn--efvy88h xn--fct429k xn--fhbei xn--fiq228c5hs
xn--fiq64b xn--fiqs8s xn--fiqz9s xn--fjq720a xn--flw351e xn--fpcrj9c3d xn--fzc2c9e2c
xn--fzys8d69uvgm xn--g2xx48c xn--gckr3f0f xn--gecrj9c xn--gk3at1e xn--h2breg3eve xn--h2brj9c
xn--h2brj9c8c xn--hxt814e xn--i1b6b1a6a2e xn--imr513n xn--io0a7i xn--j1aef xn--j1amh xn--j6w193g
xn--jlq480n2rg xn--jvr189m xn--kcrx77d1x4a xn--kprw13d xn--kpry57d xn--kput3i xn--l1acc
xn--lgbbat1ad8j xn--mgb2ddes xn--mgb9awbf xn--mgba3a3ejt xn--mgba3a4f16a xn--mgba3a4fra
xn--mgba7c0bbn0a xn--mgbaam7a8h xn--mgbab2bd xn--mgbah1a3hjkrd xn--mgbai9a5eva00b xn--mgbai9azgqp6j
xn--mgbayh7gpa xn--mgbbh1a xn--mgbbh1a71e xn--mgbc0a9azcg xn--mgbca7dzdo xn--mgbcpq6gpa1a
xn--mgberp4a5d4a87g xn--mgberp4a5d4ar xn--mgbgu82a xn--mgbi4ecexp xn--mgbpl2fh xn--mgbqly7c0a67fbc
xn--mgbqly7cvafr xn--mgbt3dhd xn--mgbtf8fl xn--mgbtx2b xn--mgbx4cd0ab xn--mix082f xn--mix891f
xn--mk1bu44c xn--mxtq1m xn--ngbc5azd xn--ngbe9e0a xn--ngbrx xn--nnx388a xn--node xn--nqv7f
xn--nqv7fs00ema xn--nyqy26a xn--o3cw4h xn--ogbpf8fl xn--otu796d xn--p1acf xn--p1ai xn--pgbs0dh
xn--pssy2u xn--q7ce6a xn--q9jyb4c xn--qcka1pmc xn--qxa6a xn--qxam xn--rhqv96g xn--rovu88b
xn--rvc1e0am3e xn--s9brj9c xn--ses554g xn--t60b56a xn--tckwe xn--tiq49xqyj xn--unup4y
xn--vermgensberater-ctb xn--vermgensberatung-pwb xn--vhquv xn--vuq861b xn--w4r85el8fhu5dnra
xn--w4rs40l xn--wgbh1c xn--wgbl6a xn--xhq521b xn--xkc2al3hye2a xn--xkc2dl3a5ee0h xn--y9a3aq
xn--yfro4i67o xn--ygbi2ammx xn--zfr164b xxx xyz yachts yahoo yamaxun yandex ye yodobashi yoga
yokohama you youtube yt yun zappos zara zero zip zm zone zuerich zw aa.no: ah.no: bu.no: fm.no:
hl.no: hm.no: jan-mayen.no: mr.no: nl.no: nt.no: of.no: ol.no: oslo.no: rl.no: sf.no: st.no:
svalbard.no: tm.no: tr.no: va.no: vf.no: gs ac: al: ba: iq: kg: kz: sy: to: vc: ye: + mil ac.at:
sth ae: ac co gov mil net org sch aero: accident-investigation accident-prevention aerobatic
aeroclub aerodrome agents air-surveillance air-traffic-control aircraft airline airport airtraffic
ambulance association author ballooning broker caa cargo catering certification championship
charter civilaviation club conference consultant consulting control council crew design dgca
educator emergency engine engineer entertainment equipment exchange express federation flight
freight fuel gliding government groundhandling group hanggliding homebuilt insurance journal
journalist leasing logistics magazine maintenance marketplace media microlight modelling navigation
parachuting paragliding passenger-association pilot press production recreation repbody res
research rotorcraft safety scientist services show skydiving software student taxi trader trading
trainer union workinggroup works af: bh: bm: bn: bs: bt: gr: kh: lb: lr: mo: ms: sb: sc: sg: sl:
ws: + ag: co com net nom org ai: com net off org aichi.jp: aisai ama anjo asuke chiryu chita fuso
gamagori handa hazu hekinan higashiura ichinomiya inazawa inuyama isshiki iwakura kanie kariya
kasugai kira kiyosu komaki konan kota mihama miyoshi nishio nisshin obu oguchi oharu okazaki
owariasahi seto shikatsu shinshiro shitara tahara takahama tobishima toei togo tokai tokoname
toyoake toyohashi toyokawa toyone toyota tsushima yatomi ak.us: al.us: ar.us: as.us: az.us: ca.us:
co.us: ct.us: dc.us: fl.us: ga.us: gu.us: ia.us: id.us: il.us: in.us: ks.us: ky.us: la.us: ma.us:
md.us: me.us: mn.us: mo.us: mt.us: nc.us: ne.us: nh.us: nj.us: nm.us: nv.us: ny.us: oh.us: ok.us:
or.us: pa.us: pr.us: sc.us: tn.us: tx.us: ut.us: va.us: vi.us: vt.us: wa.us: wi.us: wy.us: cc k12
lib akershus.no: buskerud.no: nes akita.jp: akita daisen fujisato gojome hachirogata happou
higashinaruse honjo honjyo ikawa kamikoani kamioka katagami kazuno kitaakita kosaka kyowa misato
mitane moriyoshi nikaho noshiro odate oga ogata semboku yokote yurihonjo am: co com commune net org
ao: co ed edu gov gv it og org pb aomori.jp: aomori gonohe hachinohe hashikami hiranai hirosaki
itayanagi kuroishi misawa mutsu nakadomari noheji oirase owani rokunohe sannohe shichinohe shingo
takko towada tsugaru tsuruta ar: + bet coop gob int mil musica mutual seg senasa tur arpa: e164
home in-addr ip6 iris uri urn as: bf: cd: cx: cz: ie: lt: mr: nc.tr: pw: sx: tl: gov at: ac co gv
or au: + act asn conf id nsw nt oz qld sa tas vic wa aw: com az: + biz co info int mil name pp pro
bb: + biz co info store tv bd: + ac ai co id info it mil sch tv be: ac bg: 0 1 2 3 4 5 6 7 8 9 a b
c d e f g h i j k l m n o p q r s t u v w x y z bi: co com edu or org bj: africa agro architectes
assur avocats co com eco econo edu info loisirs money net org ote restaurant resto tourism univ bo:
academia agro arte blog bolivia ciencia com cooperativa democracia deporte ecologia economia edu
empresa gob ia indigena industria info int medicina mil movimiento musica natural net nombre
noticias org patria plurinacional politica profesional pueblo revista salud tecnologia tksat
transporte tv web wiki br: + 9guacu abc adm adv agr aju am anani aparecida api app arq art ato b
barueri belem bet bhz bib bio blog bmd boavista bsb campinagrande campinas caxias cim cng cnt
contagem coop coz cri cuiaba curitiba def des det dev ecn eco emp enf eng esp etc eti far feira
flog floripa fm fnd fortal fot foz fst g12 geo ggf goiania gru ia imb ind inf jab jampa jdf
joinville jor jus leg leilao lel log londrina macapa maceio manaus maringa mat med mil morena mp
mus natal niteroi not ntr odo ong osasco palmas poa ppg pro psc psi pvh qsl radio rec recife rep
ribeirao rio riobranco riopreto salvador sampa santamaria santoandre saobernardo saogonca seg sjc
slg slz social sorocaba srv taxi tc tec teo the tmp trd tur tv udi vet vix vlog wiki xyz zlg bw: ac
co gov net org by: com gov mil of bz: dm: gy: lc: + co ca: ab bc gc mb nb nf nl ns nt nu on pe qc
sk yk chiba.jp: abiko asahi chonan chosei choshi chuo funabashi futtsu hanamigawa ichihara ichikawa
ichinomiya inzai isumi kamagaya kamogawa kashiwa katori katsuura kimitsu kisarazu kozaki kujukuri
kyonan matsudo midori mihama minamiboso mobara mutsuzawa nagara nagareyama narashino narita noda
oamishirasato omigawa onjuku otaki sakae sakura shimofusa shirako shiroi shisui sodegaura sosa tako
tateyama togane tohnosho tomisato urayasu yachimata yachiyo yokaichiba yokoshibahikari yotsukaido
ci: ac asso co com ed edu go gouv int net or org xn--aroport-bya ck: !www * cl: co gob gov mil cm:
co com gov net cn: + ac ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mil mo nm nx qh sc
sd sh sn sx tj tw xj xn--55qx5d xn--io0a7i xn--od0alg xz yn zj co: + mil nom co.im: ltd plc cr: ac
co ed fi go or sa cu: com edu gob inf nat net org cv: com edu id int net nome org publ cw: fm: ky:
mt: vu: com edu net org cy: ac biz com ekloges gov ltd mil net org press pro tm de.us: wv.us: cc
do: + art gob mil sld web dz: + art asso pol soc tm ec: + abg adm agron arqt art bar chef cont cpa
cue dent dgn disco doc eng esm fin fot gal gob gye ibr info k12 lat loj med mil mktg mon ntr odont
pro prof psic psiq pub rio rrpp sal tech tul tur uio vet xxx edu.au: act catholic nsw nt qld sa tas
vic wa ee: aip com edu fie gov lib med org pri riik eg: + ac eun info me mil name sci sport tv
ehime.jp: ainan honai ikata imabari iyo kamijima kihoku kumakogen masaki matsuno matsuyama namikata
niihama ozu saijo seiyo shikokuchuo tobe toon uchiko uwajima yawatahama er: fk: jm: mm: nom.br: np:
pg: sch.uk: * es: com edu gob nom org et: + biz info name fi: aland fj: + ac biz id info mil name
pro fr: asso avoues cci com gouv greta huissier-justice nom prd tm fukui.jp: echizen eiheiji fukui
ikeda katsuyama mihama minamiechizen obama ohi ono sabae sakai takahama tsuruga wakasa fukuoka.jp:
ashiya buzen chikugo chikuho chikujo chikushino chikuzen chuo dazaifu fukuchi hakata higashi
hirokawa hisayama iizuka inatsuki kaho kasuga kasuya kawara keisen koga kurate kurogi kurume minami
miyako miyama miyawaka mizumaki munakata nakagawa nakama nishi nogata ogori okagaki okawa oki omuta
onga onojo oto saigawa sasaguri shingu shinyoshitomi shonai soeda sue tachiarai tagawa takata toho
toyotsu tsuiki ukiha umi usui yamada yame yanagawa yukuhashi fukushima.jp: aizubange aizumisato
aizuwakamatsu asakawa bandai date fukushima furudono futaba hanawa higashi hirata hirono iitate
inawashiro ishikawa iwaki izumizaki kagamiishi kaneyama kawamata kitakata kitashiobara koori
koriyama kunimi miharu mishima namie nango nishiaizu nishigo okuma omotego ono otama samegawa
shimogo shirakawa showa soma sukagawa taishin tamakawa tanagura tenei yabuki yamato yamatsuri
yanaizu yugawa gd: edu gov ge: + cyb llc online pvt school tnx gg: je: co net org gh: + biz mil gi:
com edu gov ltd mod org gifu.jp: anpachi ena gifu ginan godo gujo hashima hichiso hida
higashishirakawa ibigawa ikeda kakamigahara kani kasahara kasamatsu kawaue kitagata mino minokamo
mitake mizunami motosu nakatsugawa ogaki sakahogi seki sekigahara shirakawa tajimi takayama tarui
toki tomika wanouchi yamagata yaotsu yoro gl: co com edu net org gn: + ac gov.au: qld sa tas vic wa
gov.br: ac al am ap ba ce df es go ma mg ms mt pa pb pe pi pr rj rn ro rr rs sc se sp to gov.pl: ap
griw ic is kmpsp konsulat kppsp kwp kwpsp mup mw oia oirm oke oow oschr oum pa pinb piw po pr psp
psse pup rzgw sa sdn sko so sr starostwo ug ugim um umig upow uppo us uw uzs wif wiih winb wios
witd wiw wkz wsa wskr wsse wuoz wzmiuw zp zpisdn gp: asso com edu mobi net org gt: com edu gob ind
mil net org gu: + guam info web gunma.jp: annaka chiyoda fujioka higashiagatsuma isesaki itakura
kanna kanra katashina kawaba kiryu kusatsu maebashi meiwa midori minakami naganohara nakanojo
nanmoku numata oizumi ora ota shibukawa shimonita shinto showa takasaki takayama tamamura
tatebayashi tomioka tsukiyono tsumagoi ueno yoshioka hedmark.no: os valer xn--vler-qoa hi.us:
ri.us: sd.us: cc lib hiroshima.jp: asaminami daiwa etajima fuchu fukuyama hatsukaichi
higashihiroshima hongo jinsekikogen kaita kui kumano kure mihara miyoshi naka onomichi
osakikamijima otake saka sera seranishi shinichi shobara takehara hk: + idv xn--55qx5d xn--ciqpn
xn--gmq050i xn--gmqw5a xn--io0a7i xn--lcvr32d xn--mk0axi xn--mxtq1m xn--od0alg xn--od0aq3b
xn--tn0ag xn--uc0atv xn--uc0ay4a xn--wcvs22d xn--zf0avx hn: com edu gob mil net org hokkaido.jp:
abashiri abira aibetsu akabira akkeshi asahikawa ashibetsu ashoro assabu atsuma bibai biei bifuka
bihoro biratori chippubetsu chitose date ebetsu embetsu eniwa erimo esan esashi fukagawa fukushima
furano furubira haboro hakodate hamatonbetsu hidaka higashikagura higashikawa hiroo hokuryu hokuto
honbetsu horokanai horonobe ikeda imakane ishikari iwamizawa iwanai kamifurano kamikawa kamishihoro
kamisunagawa kamoenai kayabe kembuchi kikonai kimobetsu kitahiroshima kitami kiyosato koshimizu
kunneppu kuriyama kuromatsunai kushiro kutchan kyowa mashike matsumae mikasa minamifurano mombetsu
moseushi mukawa muroran naie nakagawa nakasatsunai nakatombetsu nanae nanporo nayoro nemuro
niikappu niki nishiokoppe noboribetsu numata obihiro obira oketo okoppe otaru otobe otofuke
otoineppu oumu ozora pippu rankoshi rebun rikubetsu rishiri rishirifuji saroma sarufutsu shakotan
shari shibecha shibetsu shikabe shikaoi shimamaki shimizu shimokawa shinshinotsu shintoku shiranuka
shiraoi shiriuchi sobetsu sunagawa taiki takasu takikawa takinoue teshikaga tobetsu tohma tomakomai
tomari toya toyako toyotomi toyoura tsubetsu tsukigata urakawa urausu uryu utashinai wakkanai
wassamu yakumo yoichi hordaland.no: os hr: com from iz name ht: adult art asso com coop edu firm
gouv info med net org perso pol pro rel shop hu: 2000 agrar bolt casino city co erotica erotika
film forum games hotel info ingatlan jogasz konyvelo lakas media news org priv reklam sex shop
sport suli szex tm tozsde utazas video hyogo.jp: aioi akashi ako amagasaki aogaki asago ashiya
awaji fukusaki goshiki harima himeji ichikawa inagawa itami kakogawa kamigori kamikawa kasai kasuga
kawanishi miki minamiawaji nishinomiya nishiwaki ono sanda sannan sasayama sayo shingu shinonsen
shiso sumoto taishi taka takarazuka takasago takino tamba tatsuno toyooka yabu yashiro yoka yokawa
ibaraki.jp: ami asahi bando chikusei daigo fujishiro hitachi hitachinaka hitachiomiya hitachiota
ibaraki ina inashiki itako iwama joso kamisu kasama kashima kasumigaura koga miho mito moriya naka
namegata oarai ogawa omitama ryugasaki sakai sakuragawa shimodate shimotsuma shirosato sowa suifu
takahagi tamatsukuri tokai tomobe tone toride tsuchiura tsukuba uchihara ushiku yachiyo yamagata
yawara yuki id: ac ai biz co desa go kop mil my net or ponpes sch web xn--9tfky il: ac co gov idf
k12 muni net org im: ac co com net org tt tv in: + 5g 6g ac aero ai alumni am bank bihar biz
business ca cn co coop cs delhi dr er fin firm gen gujarat ind info int internet io me mil nic pg
post pro res school travel tv ub uk up us int: eu io: tm: + co mil nom ir: ac co gov id net org sch
xn--mgba3a4f16a xn--mgba3a4fra ishikawa.jp: anamizu hakui hakusan kaga kahoku kanazawa kawakita
komatsu nakanoto nanao nomi nonoichi noto shika suzu tsubata tsurugi uchinada wajima it: abr
abruzzo ag agrigento al alessandria alto-adige altoadige an ancona andria-barletta-trani
andria-trani-barletta andriabarlettatrani andriatranibarletta ao aosta aosta-valley aostavalley
aoste ap aq ar arezzo ascoli-piceno ascolipiceno asti at av avellino ba balsan balsan-sudtirol
balsan-suedtirol bari barletta-trani-andria barlettatraniandria bas basilicata belluno benevento
bergamo bg bi biella bl bn bo bologna bolzano bolzano-altoadige bozen bozen-sudtirol
bozen-suedtirol br brescia brindisi bs bt bulsan bulsan-sudtirol bulsan-suedtirol bz ca cagliari
cal calabria caltanissetta cam campania campidano-medio campidanomedio campobasso carbonia-iglesias
carboniaiglesias carrara-massa carraramassa caserta catania catanzaro cb ce cesena-forli
cesenaforli ch chieti ci cl cn co como cosenza cr cremona crotone cs ct cuneo cz dell-ogliastra
dellogliastra edu emilia-romagna emiliaromagna emr en enna fc fe fermo ferrara fg fi firenze
florence fm foggia forli-cesena forlicesena fr friuli-v-giulia friuli-ve-giulia friuli-vegiulia
friuli-venezia-giulia friuli-veneziagiulia friuli-vgiulia friuliv-giulia friulive-giulia
friulivegiulia friulivenezia-giulia friuliveneziagiulia friulivgiulia frosinone fvg ge genoa genova
go gorizia gov gr grosseto iglesias-carbonia iglesiascarbonia im imperia is isernia kr la-spezia
laquila laspezia latina laz lazio lc le lecce lecco li lig liguria livorno lo lodi lom lombardia
lombardy lt lu lucania lucca macerata mantova mar marche massa-carrara massacarrara matera mb mc me
medio-campidano mediocampidano messina mi milan milano mn mo modena mol molise monza monza-brianza
monza-e-della-brianza monzabrianza monzaebrianza monzaedellabrianza ms mt na naples napoli no
novara nu nuoro og ogliastra olbia-tempio olbiatempio or oristano ot pa padova padua palermo parma
pavia pc pd pe perugia pesaro-urbino pesarourbino pescara pg pi piacenza piedmont piemonte pisa
pistoia pmn pn po pordenone potenza pr prato pt pu pug puglia pv pz ra ragusa ravenna rc re
reggio-calabria reggio-emilia reggiocalabria reggioemilia rg ri rieti rimini rm rn ro roma rome
rovigo sa salerno sar sardegna sardinia sassari savona si sic sicilia sicily siena siracusa so
sondrio sp sr ss su sud-sardegna sudsardegna suedtirol sv ta taa taranto te tempio-olbia
tempioolbia teramo terni tn to torino tos toscana tp tr trani-andria-barletta trani-barletta-andria
traniandriabarletta tranibarlettaandria trapani trentin-sud-tirol trentin-sudtirol
trentin-sued-tirol trentin-suedtirol trentino trentino-a-adige trentino-aadige trentino-alto-adige
trentino-altoadige trentino-s-tirol trentino-stirol trentino-sud-tirol trentino-sudtirol
trentino-sued-tirol trentino-suedtirol trentinoa-adige trentinoaadige trentinoalto-adige
trentinoaltoadige trentinos-tirol trentinostirol trentinosud-tirol trentinosued-tirol
trentinosuedtirol trentinsud-tirol trentinsudtirol trentinsued-tirol trentinsuedtirol trento
treviso trieste ts turin tuscany tv ud udine umb umbria urbino-pesaro urbinopesaro va val-d-aosta
val-daosta vald-aosta valle-aosta valle-d-aosta valle-daosta valleaosta valled-aosta valledaosta
vallee-aoste vallee-d-aoste valleeaoste valleedaoste vao varese vb vc vda ve ven veneto venezia
venice verbania verbano-cusio-ossola vercelli verona vi vibo-valentia vibovalentia vicenza viterbo
vr vs vt vv xn--balsan-sdtirol-nsb xn--bozen-sdtirol-2ob xn--bulsan-sdtirol-nsb xn--cesena-forl-mcb
xn--cesenaforl-i8a xn--forl-cesena-fcb xn--forlcesena-c8a xn--sdtirol-n2a xn--trentin-sd-tirol-rzb
xn--trentin-sdtirol-7vb xn--trentino-sd-tirol-c3b xn--trentino-sdtirol-szb xn--trentinosd-tirol-rzb
xn--trentinosdtirol-7vb xn--trentinsd-tirol-6vb xn--trentinsdtirol-nsb xn--valle-aoste-ebb
xn--valle-d-aoste-ehb xn--valleaoste-e7a xn--valledaoste-ebb iwate.jp: fudai fujisawa hanamaki
hiraizumi hirono ichinohe ichinoseki iwaizumi iwate joboji kamaishi kanegasaki karumai kawai
kitakami kuji kunohe kuzumaki miyako mizusawa morioka ninohe noda ofunato oshu otsuchi
rikuzentakata shiwa shizukuishi sumita tanohata tono yahaba yamada jo: + agri ai eng fm mil per phd
sch tv jp: ac ad aichi akita aomori chiba co ed ehime fukui fukuoka fukushima gifu go gr gunma
hiroshima hokkaido hyogo ibaraki ishikawa iwate kagawa kagoshima kanagawa kochi kumamoto kyoto lg
mie miyagi miyazaki nagano nagasaki nara ne niigata oita okayama okinawa or osaka saga saitama
shiga shimane shizuoka tochigi tokushima tokyo tottori toyama wakayama xn--0trq7p7nn xn--1ctwo
xn--1lqs03n xn--1lqs71d xn--2m4a15e xn--32vp30h xn--4it168d xn--4it797k xn--4pvxs xn--5js045d
xn--5rtp49c xn--5rtq34k xn--6btw5a xn--6orx2r xn--7t0a264c xn--8ltr62k xn--8pvr4u xn--c3s14m
xn--d5qv7z876c xn--djrs72d6uy xn--djty4k xn--efvn9s xn--ehqz56n xn--elqq16h xn--f6qx53a xn--k7yn95e
xn--kbrq7o xn--klt787d xn--kltp7d xn--kltx9a xn--klty5x xn--mkru45i xn--nit225k xn--ntso0iqx3a
xn--ntsq17g xn--pssu33l xn--qqqt11m xn--rht27z xn--rht3d xn--rht61e xn--rny31h xn--tor131o
xn--uist22h xn--uisz3g xn--uuwu58a xn--vgu402c xn--zbx025d yamagata yamaguchi yamanashi k12.ma.us:
chtr paroch pvt kagawa.jp: ayagawa higashikagawa kanonji kotohira manno marugame mitoyo naoshima
sanuki tadotsu takamatsu tonosho uchinomi utazu zentsuji kagoshima.jp: akune amami hioki isa isen
izumi kagoshima kanoya kawanabe kinko kouyama makurazaki matsumoto minamitane nakatane nishinoomote
satsumasendai soo tarumizu yusui kanagawa.jp: aikawa atsugi ayase chigasaki ebina fujisawa hadano
hakone hiratsuka isehara kaisei kamakura kiyokawa matsuda minamiashigara miura nakai ninomiya
odawara oi oiso sagamihara samukawa tsukui yamakita yamato yokosuka yugawara zama zushi
kawasaki.jp: kitakyushu.jp: kobe.jp: nagoya.jp: sapporo.jp: sendai.jp: yokohama.jp: !city * ke: ac
co go info me mobi ne or sc ki: nr: + biz info km: ass asso com coop edu gouv gov medecin mil nom
notaires org pharmaciens prd presse tm veterinaire kn: edu gov net org kochi.jp: aki geisei hidaka
higashitsuno ino kagami kami kitagawa kochi mihara motoyama muroto nahari nakamura nankoku
nishitosa niyodogawa ochi okawa otoyo otsuki sakawa sukumo susaki tosa tosashimizu toyo tsuno umaji
yasuda yusuhara kp: com edu gov org rep tra kr: ac ai busan chungbuk chungnam co daegu daejeon es
gangwon go gwangju gyeongbuk gyeonggi gyeongnam hs incheon io it jeju jeonbuk jeonnam kg me mil ms
ne or pe re sc seoul ulsan kumamoto.jp: amakusa arao aso choyo gyokuto kamiamakusa kikuchi kumamoto
mashiki mifune minamata minamioguni nagasu nishihara oguni ozu sumoto takamori uki uto yamaga
yamato yatsushiro kw: + emb ind kyoto.jp: ayabe fukuchiyama higashiyama ide ine joyo kameoka kamo
kita kizu kumiyama kyotamba kyotanabe kyotango maizuru minami minamiyamashiro miyazu muko
nagaokakyo nakagyo nantan oyamazaki sakyo seika tanabe uji ujitawara wazuka yamashina yawata la: +
info int per lk: + ac assn grp hotel int ltd ngo sch soc web ls: ac biz co edu gov info net org sc
lv: + asn conf id mil ly: + id med plc sch ma: ac co gov net org press mc: asso tm me: ac co edu
gov its net org priv mg: co com edu gov mil nom org prd mi.us: ann-arbor cc cog dst eaton gen k12
lib mus tec washtenaw mie.jp: asahi inabe ise kameyama kawagoe kiho kisosaki kiwa komono kumano
kuwana matsusaka meiwa mihama minamiise misugi miyama nabari shima suzuka tado taiki taki tamaki
toba tsu udono ureshino watarai yokkaichi miyagi.jp: furukawa higashimatsushima ishinomaki iwanuma
kakuda kami kawasaki marumori matsushima minamisanriku misato murata natori ogawara ohira onagawa
osaki rifu semine shibata shichikashuku shikama shiogama shiroishi tagajo taiwa tome tomiya wakuya
watari yamamoto zao miyazaki.jp: aya ebino gokase hyuga kadogawa kawaminami kijo kitagawa kitakata
kitaura kobayashi kunitomi kushima mimata miyakonojo miyazaki morotsuka nichinan nishimera nobeoka
saito shiiba shintomi takaharu takanabe takazaki tsuno mk: + inf name ml: + ac art asso gouv info
inst pr presse mn: edu gov org more-og-romsdal.no: heroy sande ms.us: cc k12 mu: ac co com gov net
or org mv: + aero biz coop info int mil museum name pro mw: + ac biz co coop int mx: com edu gob
net org my: + biz mil name mz: ac adv co edu gov mil net org na: alt co com gov net org nagano.jp:
achi agematsu anan aoki asahi azumino chikuhoku chikuma chino fujimi hakuba hara hiraya iida iijima
iiyama iizuna ikeda ikusaka ina karuizawa kawakami kiso kisofukushima kitaaiki komagane komoro
matsukawa matsumoto miasa minamiaiki minamimaki minamiminowa minowa miyada miyota mochizuki nagano
nagawa nagiso nakagawa nakano nozawaonsen obuse ogawa okaya omachi omi ookuwa ooshika otaki otari
sakae sakaki saku sakuho shimosuwa shinanomachi shiojiri suwa suzaka takagi takamori takayama
tateshina tatsuno togakushi togura tomi ueda wada yamagata yamanouchi yasaka yasuoka nagasaki.jp:
chijiwa futsu goto hasami hirado iki isahaya kawatana kuchinotsu matsuura nagasaki obama omura
oseto saikai sasebo seihi shimabara shinkamigoto togitsu tsushima unzen nara.jp: ando gose heguri
higashiyoshino ikaruga ikoma kamikitayama kanmaki kashiba kashihara katsuragi kawai kawakami
kawanishi koryo kurotaki mitsue miyake nara nosegawa oji ouda oyodo sakurai sango shimoichi
shimokitayama shinjo soni takatori tawaramoto tenkawa tenri uda yamatokoriyama yamatotakada yamazoe
yoshino nc: asso nom nf: arts com firm info net other per rec store web ng: + i mil mobi name sch
ni: ac biz co com edu gob in info int mil net nom org web niigata.jp: aga agano gosen itoigawa
izumozaki joetsu kamo kariwa kashiwazaki minamiuonuma mitsuke muika murakami myoko nagaoka niigata
ojiya omi sado sanjo seiro seirou sekikawa shibata tagami tainai tochio tokamachi tsubame tsunan
uonuma yahiko yoita yuzawa no: aa aarborte aejrie afjord agdenes ah aknoluokta akrehamn al
alaheadju alesund algard alstahaug alta alvdal amli amot andasuolo andebu andoy ardal aremark
arendal arna aseral asker askim askoy askvoll asnes audnedal aukra aure aurland aurskog-holand
austevoll austrheim averoy badaddja bahcavuotna bahccavuotna baidar bajddar balat balestrand
ballangen balsfjord bamble bardu barum batsfjord bearalvahki beardu beiarn berg bergen berlevag
bievat bindal birkenes bjerkreim bjugn bodo bokn bomlo bremanger bronnoy bronnoysund brumunddal
bryne bu budejju bygland bykle cahcesuolo davvenjarga davvesiida deatnu dep dielddanuorri
divtasvuodna divttasvuotna donna dovre drammen drangedal drobak dyroy egersund eid eidfjord
eidsberg eidskog eidsvoll eigersund elverum enebakk engerdal etne etnedal evenassi evenes
evje-og-hornnes farsund fauske fedje fet fetsund fhs finnoy fitjar fjaler fjell fla flakstad
flatanger flekkefjord flesberg flora floro fm folkebibl folldal forde forsand fosnes frana
fredrikstad frogn froland frosta froya fuoisku fuossko fusa fylkesbibl fyresdal gaivuotna galsa
gamvik gangaviika gaular gausdal giehtavuoatna gielda gildeskal giske gjemnes gjerdrum gjerstad
gjesdal gjovik gloppen gol gran grane granvin gratangen grimstad grong grue gulen guovdageaidnu ha
habmer hadsel hagebostad halden halsa hamar hamaroy hammarfeasta hammerfest hapmir haram hareid
harstad hasvik hattfjelldal haugesund hemne hemnes hemsedal herad hitra hjartdal hjelmeland hl hm
hobol hof hokksund hol hole holmestrand holtalen honefoss hornindal horten hoyanger hoylandet
hurdal hurum hvaler hyllestad ibestad idrett inderoy iveland ivgu jan-mayen jessheim jevnaker
jolster jondal jorpeland kafjord karasjohka karasjok karlsoy karmoy kautokeino kirkenes klabu klepp
kommune kongsberg kongsvinger kopervik kraanghke kragero kristiansand kristiansund krodsherad
krokstadelva kvafjord kvalsund kvam kvanangen kvinesdal kvinnherad kviteseid kvitsoy laakesvuemie
lahppi langevag lardal larvik lavagis lavangen leangaviika lebesby leikanger leirfjord leirvik leka
leksvik lenvik lerdal lesja levanger lier lierne lillehammer lillesand lindas lindesnes loabat
lodingen lom loppa lorenskog loten lund lunner luroy luster lyngdal lyngen malatvuopmi malselv
malvik mandal marker marnardal masfjorden masoy matta-varjjat meland meldal melhus meloy meraker
midsund midtre-gauldal mil mjondalen mo-i-rana moareke modalen modum molde mosjoen moskenes moss mr
muosat museum naamesjevuemie namdalseid namsos namsskogan nannestad naroy narviika narvik naustdal
navuotna nedre-eiker nesna nesodden nesoddtangen nesseby nesset nissedal nittedal nl nord-aurdal
nord-fron nord-odal norddal nordkapp nordre-land nordreisa nore-og-uvdal notodden notteroy nt odda
of oksnes ol omasvuotna oppdal oppegard orkanger orkdal orland orskog orsta osen oslo osoyro
osteroy ostre-toten overhalla ovre-eiker oyer oygarden oystre-slidre porsanger porsangu porsgrunn
priv rade radoy rahkkeravju raholt raisa rakkestad ralingen rana randaberg rauma re rendalen
rennebu rennesoy rindal ringebu ringerike ringsaker risor rissa rl roan rodoy rollag romsa romskog
roros rost royken royrvik ruovat rygge salangen salat saltdal samnanger sandefjord sandnes
sandnessjoen sandoy sarpsborg sauda sauherad sel selbu selje seljord sf siellak sigdal siljan
sirdal skanit skanland skaun skedsmo skedsmokorset ski skien skierva skiptvet skjak skjervoy skodje
slattum smola snaase snasa snillfjord snoasa sogndal sogne sokndal sola solund somna sondre-land
songdalen sor-aurdal sor-fron sor-odal sor-varanger sorfold sorreisa sortland sorum spjelkavik
spydeberg st stange stat stathelle stavanger stavern steigen steinkjer stjordal stjordalshalsen
stokke stor-elvdal stord stordal storfjord strand stranda stryn sula suldal sund sunndal suohkan
surnadal svalbard sveio svelvik sykkylven tana tananger time tingvoll tinn tjeldsund tjielte tjome
tm tokke tolga tonsberg torsken tr trana tranby tranoy troandin trogstad tromsa tromso trondheim
trysil tvedestrand tydal tynset tysfjord tysnes tysvar uenorge ullensaker ullensvang ulstein ulvik
unjarga utsira va vaapste vadso vaga vagan vagsoy vaksdal valle vang vanylven vardo varggat varoy
vefsn vega vegarshei vennesla verdal verran vestby vestnes vestre-slidre vestre-toten vestvagoy
vevelstad vf vgs vik vikna vindafjord voagat volda voss vossevangen xn--andy-ira xn--asky-ira
xn--aurskog-hland-jnb xn--avery-yua xn--bdddj-mrabd xn--bearalvhki-y4a xn--berlevg-jxa
xn--bhcavuotna-s4a xn--bhccavuotna-k7a xn--bidr-5nac xn--bievt-0qa xn--bjddar-pta xn--blt-elab
xn--bmlo-gra xn--bod-2na xn--brnny-wuac xn--brnnysund-m8ac xn--brum-voa xn--btsfjord-9za
xn--davvenjrga-y4a xn--dnna-gra xn--drbak-wua xn--dyry-ira xn--eveni-0qa01ga xn--finny-yua
xn--fjord-lra xn--fl-zia xn--flor-jra xn--frde-gra xn--frna-woa xn--frya-hra xn--ggaviika-8ya47h
xn--gildeskl-g0a xn--givuotna-8ya xn--gjvik-wua xn--gls-elac xn--h-2fa xn--hamary-fya xn--hbmer-xqa
xn--hcesuolo-7ya35b xn--hgebostad-g3a xn--hmmrfeasta-s4ac xn--hnefoss-q1a xn--hobl-ira
xn--holtlen-hxa xn--hpmir-xqa xn--hyanger-q1a xn--hylandet-54a xn--indery-fya xn--jlster-bya
xn--jrpeland-54a xn--karlsy-fya xn--karmy-yua xn--kfjord-iua xn--klbu-woa xn--koluokta-7ya57h
xn--krager-gya xn--kranghke-b0a xn--krdsherad-m8a xn--krehamn-dxa xn--krjohka-hwab49j xn--ksnes-uua
xn--kvfjord-nxa xn--kvitsy-fya xn--kvnangen-k0a xn--l-1fa xn--laheadju-7ya xn--langevg-jxa
xn--ldingen-q1a xn--leagaviika-52b xn--lesund-hua xn--lgrd-poac xn--lhppi-xqa xn--linds-pra
xn--loabt-0qa xn--lrdal-sra xn--lrenskog-54a xn--lt-liac xn--lten-gra xn--lury-ira xn--mely-ira
xn--merker-kua xn--mjndalen-64a xn--mlatvuopmi-s4a xn--mli-tla xn--mlselv-iua xn--moreke-jua
xn--mosjen-eya xn--mot-tla xn--msy-ula0h xn--mtta-vrjjat-k7af xn--muost-0qa xn--nmesjevuemie-tcba
xn--nry-yla5g xn--nttery-byae xn--nvuotna-hwa xn--oppegrd-ixa xn--ostery-fya xn--osyro-wua
xn--porsgu-sta26f xn--rady-ira xn--rdal-poa xn--rde-ula xn--rdy-0nab xn--rennesy-v1a
xn--rhkkervju-01af xn--rholt-mra xn--risa-5na xn--risr-ira xn--rland-uua xn--rlingen-mxa
xn--rmskog-bya xn--rros-gra xn--rskog-uua xn--rst-0na xn--rsta-fra xn--ryken-vua xn--ryrvik-bya
xn--s-1fa xn--sandnessjen-ogb xn--sandy-yua xn--seral-lra xn--sgne-gra xn--skierv-uta
xn--skjervy-v1a xn--skjk-soa xn--sknit-yqa xn--sknland-fxa xn--slat-5na xn--slt-elab xn--smla-hra
xn--smna-gra xn--snase-nra xn--sndre-land-0cb xn--snes-poa xn--snsa-roa xn--sr-aurdal-l8a
xn--sr-fron-q1a xn--sr-odal-q1a xn--sr-varanger-ggb xn--srfold-bya xn--srreisa-q1a xn--srum-gra
xn--stjrdal-s1a xn--stjrdalshalsen-sqb xn--stre-toten-zcb xn--tjme-hra xn--tnsberg-q1a
xn--trany-yua xn--trgstad-r1a xn--trna-woa xn--troms-zua xn--tysvr-vra xn--unjrga-rta xn--vads-jra
xn--vard-jra xn--vegrshei-c0a xn--vestvgy-ixa6o xn--vg-yiab xn--vgan-qoa xn--vgsy-qoa0j
xn--vre-eiker-k8a xn--vrggt-xqad xn--vry-yla5g xn--yer-zna xn--ygarden-p1a xn--ystre-slidre-ujb
nordland.no: bo heroy xn--b-5ga xn--hery-ira nz: ac co cri geek gen govt health iwi kiwi maori mil
net org parliament school xn--mori-qsa oita.jp: beppu bungoono bungotakada hasama hiji himeshima
hita kamitsue kokonoe kuju kunisaki kusu oita saiki taketa tsukumi usa usuki yufu okayama.jp:
akaiwa asakuchi bizen hayashima ibara kagamino kasaoka kibichuo kumenan kurashiki maniwa misaki
nagi niimi nishiawakura okayama satosho setouchi shinjo shoo soja takahashi tamano tsuyama wake
yakage okinawa.jp: aguni ginowan ginoza gushikami haebaru higashi hirara iheya ishigaki ishikawa
itoman izena kadena kin kitadaito kitanakagusuku kumejima kunigami minamidaito motobu nago naha
nakagusuku nakijin nanjo nishihara ogimi okinawa onna shimoji taketomi tarama tokashiki tomigusuku
tonaki urasoe uruma yaese yomitan yonabaru yonaguni zamami om: + co med museum pro osaka.jp: abeno
chihayaakasaka chuo daito fujiidera habikino hannan higashiosaka higashisumiyoshi higashiyodogawa
hirakata ibaraki ikeda izumi izumiotsu izumisano kadoma kaizuka kanan kashiwara katano
kawachinagano kishiwada kita kumatori matsubara minato minoh misaki moriguchi neyagawa nishi nose
osakasayama sakai sayama sennan settsu shijonawate shimamoto suita tadaoka taishi tajiri takaishi
takatsuki tondabayashi toyonaka toyono yao ostfold.no: valer pa: abo ac com edu gob ing med net nom
org sld pe: com edu gob mil net nom org pf: com edu org ph: + i mil ngo pk: + ac biz fam gkp gob
gog gok gop gos web pl: + agro aid atm augustow auto babia-gora bedzin beskidy bialowieza bialystok
bielawa bieszczady biz boleslawiec bydgoszcz bytom cieszyn czeladz czest dlugoleka elblag elk
glogow gmina gniezno gorlice grajewo gsm ilawa info jaworzno jelenia-gora jgora kalisz karpacz
kartuzy kaszuby katowice kazimierz-dolny kepno ketrzyn klodzko kobierzyce kolobrzeg konin
konskowola kutno lapy lebork legnica lezajsk limanowa lomza lowicz lubin lukow mail malbork
malopolska mazowsze mazury media miasta mielec mielno mil mragowo naklo nieruchomosci nom nowaruda
nysa olawa olecko olkusz olsztyn opoczno opole ostroda ostroleka ostrowiec ostrowwlkp pc pila pisz
podhale podlasie polkowice pomorskie pomorze powiat priv prochowice pruszkow przeworsk pulawy radom
rawa-maz realestate rel rybnik rzeszow sanok sejny sex shop sklep skoczow slask slupsk sos
sosnowiec stalowa-wola starachowice stargard suwalki swidnica swiebodzin swinoujscie szczecin
szczytno szkola targi tarnobrzeg tgory tm tourism travel turek turystyka tychy ustka walbrzych
warmia warszawa waw wegrow wielun wlocl wloclawek wodzislaw wolomin wroclaw zachpomor zagan zarow
zgora zgorzelec pn: co edu gov net org pr: + ac biz est info isla name pro prof pro: aaa aca acct
avocat bar cpa eng jur law med recht ps: + plo sec pt: + int nome publ py: + coop mil qa: + mil
name sch re: asso com ro: arts com firm info nom nt org rec store tm www rs: ac co edu gov in org
rw: ac co coop gov mil net org sa: + med pub sch saga.jp: ariake arita fukudomi genkai hamatama
hizen imari kamimine kanzaki karatsu kashima kitagata kitahata kiyama kouhoku kyuragi nishiarita
ogi omachi ouchi saga shiroishi taku tara tosu yoshinogari saitama.jp: arakawa asaka chichibu
fujimi fujimino fukaya hanno hanyu hasuda hatogaya hatoyama hidaka higashichichibu higashimatsuyama
honjo ina iruma iwatsuki kamiizumi kamikawa kamisato kasukabe kawagoe kawaguchi kawajima kazo
kitamoto koshigaya kounosu kuki kumagaya matsubushi minano misato miyashiro miyoshi moroyama
nagatoro namegawa niiza ogano ogawa ogose okegawa omiya otaki ranzan ryokami saitama sakado satte
sayama shiki shiraoka soka sugito toda tokigawa tokorozawa tsurugashima urawa warabi yashio yokoze
yono yorii yoshida yoshikawa yoshimi sd: + info med tv se: a ac b bd brand c d e f fh fhsk fhv g h
i k komforb kommunalforbund komvux l lanbib m n naturbruksgymn o org p parti pp press r s t tm u w
x y z sh: com gov mil net org shiga.jp: aisho gamo higashiomi hikone koka konan kosei koto kusatsu
maibara moriyama nagahama nishiazai notogawa omihachiman otsu ritto ryuoh takashima takatsuki
torahime toyosato yasu shimane.jp: akagi ama gotsu hamada higashiizumo hikawa hikimi izumo kakinoki
masuda matsue misato nishinoshima ohda okinoshima okuizumo shimane tamayu tsuwano unnan yakumo
yasugi yatsuka shizuoka.jp: arai atami fuji fujieda fujikawa fujinomiya fukuroi gotemba haibara
hamamatsu higashiizu ito iwata izu izunokuni kakegawa kannami kawanehon kawazu kikugawa kosai
makinohara matsuzaki minamiizu mishima morimachi nishiizu numazu omaezaki shimada shimizu shimoda
shizuoka susono yaizu yoshida sk: org sn: art com edu gouv org univ so: + me ss: + biz co me sch
st: co com consulado edu embaixada mil net org principe saotome store sv: com edu gob org red sz:
ac co org telemark.no: bo xn--b-5ga th: ac co go in mi net or tj: + biz co go int mil name nic test
web tn: com ens fin gov ind info intl mincom nat net org perso tourism tochigi.jp: ashikaga bato
haga ichikai iwafune kaminokawa kanuma karasuyama kuroiso mashiko mibu moka motegi nasu
nasushiobara nikko nishikata nogi ohira ohtawara oyama sakura sano shimotsuke shioya takanezawa
tochigi tsuga ujiie utsunomiya yaita tokushima.jp: aizumi anan ichiba itano kainan komatsushima
matsushige mima minami miyoshi mugi nakagawa naruto sanagochi shishikui tokushima wajiki tokyo.jp:
adachi akiruno akishima aogashima arakawa bunkyo chiyoda chofu chuo edogawa fuchu fussa hachijo
hachioji hamura higashikurume higashimurayama higashiyamato hino hinode hinohara inagi itabashi
katsushika kita kiyose kodaira koganei kokubunji komae koto kouzushima kunitachi machida meguro
minato mitaka mizuho musashimurayama musashino nakano nerima ogasawara okutama ome oshima ota
setagaya shibuya shinagawa shinjuku suginami sumida tachikawa taito tama toshima tottori.jp: chizu
hino kawahara koge kotoura misasa nanbu nichinan sakaiminato tottori wakasa yazu yonago toyama.jp:
asahi fuchu fukumitsu funahashi himi imizu inami johana kamiichi kurobe nakaniikawa namerikawa
nanto nyuzen oyabe taira takaoka tateyama toga tonami toyama unazuki uozu yamada tr: + av bbs bel
biz dr gen info k12 kep mil name nc pol tel tsk tv web tt: + biz co info mil name pro tw: + club
ebiz game idv mil tz: ac co go hotel info me mil mobi ne or sc tv ua: + cherkassy cherkasy
chernigov chernihiv chernivtsi chernovtsy ck cn cr crimea cv dn dnepropetrovsk dnipropetrovsk
donetsk dp if in ivano-frankivsk kh kharkiv kharkov kherson khmelnitskiy khmelnytskyi kiev
kirovograd km kr kropyvnytskyi krym ks kv kyiv lg lt lugansk luhansk lutsk lv lviv mk mykolaiv
nikolaev od odesa odessa pl poltava rivne rovno rv sb sebastopol sevastopol sm sumy te ternopil uz
uzhgorod uzhhorod vinnica vinnytsia vn volyn yalta zakarpattia zaporizhzhe zaporizhzhia zhitomir
zhytomyr zp zt ug: ac co com edu go gov mil ne or org sc us uk: ac co gov ltd me net nhs org plc
police us: ak al ar as az ca co ct dc de dni fl ga gu hi ia id il in isa ks ky la ma md me mi mn mo
ms mt nc nd ne nh nj nm nsn nv ny oh ok or pa pr ri sc sd tn tx ut va vi vt wa wi wv wy uy: com edu
gub mil net org uz: co com net org ve: + arts bib co e12 emprende firm gob ia info int mil nom rar
rec store tec web vestfold.no: sande vg: edu vi: co com k12 net org vn: + ac ad ai angiang ap
bacgiang backan baclieu bacninh baria-vungtau bentre binhdinh binhduong binhphuoc binhthuan biz
camau cantho caobang daklak daknong danang dienbien dongnai dongthap gialai hagiang haiduong
haiphong hanam hanoi hatinh haugiang health hoabinh hue hungyen id info int io khanhhoa kiengiang
kontum laichau lamdong langson laocai longan namdinh name nghean ninhbinh ninhthuan on phutho
phuyen pro quangbinh quangnam quangngai quangninh quangtri soctrang sonla tayninh thaibinh
thainguyen thanhhoa thanhphohochiminh thuathienhue tiengiang travinh tuyenquang vinhlong vinhphuc
yenbai wakayama.jp: arida aridagawa gobo hashimoto hidaka hirogawa inami iwade kainan kamitonda
katsuragi kimino kinokawa kitayama koya koza kozagawa kudoyama kushimoto mihama misato
nachikatsuura shingu shirahama taiji tanabe wakayama yuasa yura xn--4dbrk0ce: xn--4dbgdty6c
xn--5dbhl8d xn--8dbq2a xn--hebda8b xn--90a3ac: xn--80au xn--90azh xn--c1avg xn--d1at xn--o1ac
xn--o1ach xn--j6w193g: xn--55qx5d xn--gmqw5a xn--mxtq1m xn--od0alg xn--uc0atv xn--wcvs22d
xn--mre-og-romsdal-qqb.no: sande xn--hery-ira xn--o3cw4h: xn--12c1fe0br xn--12cfi8ixb8l
xn--12co0c3b4eva xn--h3cuzk1di xn--m3ch0j3a xn--o3cyx2a xn--stfold-9xa.no: xn--vler-qoa
yamagata.jp: asahi funagata higashine iide kahoku kaminoyama kaneyama kawanishi mamurogawa mikawa
murayama nagai nakayama nanyo nishikawa obanazawa oe oguni ohkura oishida sagae sakata sakegawa
shinjo shirataka shonai takahata tendo tozawa tsuruoka yamagata yamanobe yonezawa yuza
yamaguchi.jp: abu hagi hikari hofu iwakuni kudamatsu mitou nagato oshima shimonoseki shunan tabuse
tokuyama toyota ube yuu yamanashi.jp: chuo doshi fuefuki fujikawa fujikawaguchiko fujiyoshida
hayakawa hokuto ichikawamisato kai kofu koshu kosuge minami-alps minobu nakamichi nanbu narusawa
nirasaki nishikatsura oshino otsuki showa tabayama tsuru uenohara yamanakako yamanashi za: ac agric
alt co edu gov grondar law mil net ngo nic nis nom org school tm web zm: + ac biz co info mil sch
zw: ac co gov mil org
`;
