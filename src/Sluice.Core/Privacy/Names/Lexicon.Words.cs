namespace Sluice.Privacy.Names;

static partial class Lexicon
{
    // Everyday English, so that a capital at the start of a sentence or in a headline is not taken for a name.
    const string CommonWords = """
        a an the and or but if then else when where why how what who whom whose which that this these those there here i me my mine myself you your yours yourself
        he him his himself she her hers herself it its itself we us our ours ourselves they them their theirs themselves am is are was were be been being do does
        did doing done have has had having can could may might must shall should will would ought need dare not no nor yes yeah ok okay please thanks thank hello
        hi hey dear goodbye bye sorry welcome sincerely regards kind best yours truly faithfully respectfully cheers as at by for from in into of off on onto out
        over to toward towards under up upon with within without about above across after against along among around before behind below beneath beside besides
        between beyond despite down during except inside like near outside past per plus since through throughout till until unlike via versus than so such very
        too also just only even still yet already again ever never always often sometimes usually rarely once twice now today tomorrow yesterday tonight soon
        later early late ago recently currently finally eventually first second third last next previous former latter other another each every either neither
        both all any some many much more most few fewer less least several enough own same different various certain one two three four five six seven eight nine
        ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
        million billion half quarter percent dollar dollars euro euros pound pounds cents money cash price prices cost costs pay paid payment payments fee fees
        charge charged charges bill bills invoice invoices receipt refund refunds balance credit debit card cards account accounts bank banks banking transfer
        transfers transferred deposit loan mortgage interest rate rates tax taxes insurance policy claim claims fund funds number numbers code codes id name names
        named surname firstname lastname called call calls calling phone telephone mobile cell fax email emails e-mail mail mailed letter letters message messages
        text send sends sent sending receive received contact contacts contacted reach reached address addresses street road avenue lane house home apartment
        building office offices room floor city town village country countries state states county region area zone place places location locations zip postal
        day days week weeks weekend month months year years hour hours minute minutes time times date dates morning afternoon evening night noon midnight
        monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun am pm spring summer autumn fall winter season
        man men woman women boy boys girl girls child children kid kids baby people person persons human family families father mother dad mom mum parent parents
        son sons daughter daughters brother brothers sister sisters uncle aunt cousin grandfather grandmother husband wife friend friends neighbor neighbour
        guest guests customer customers client clients user users member members employee employees worker workers manager managers boss team teams staff
        doctor doctors nurse patient patients teacher teachers student students lawyer judge officer officers police agent agents driver drivers president
        director chairman secretary minister king queen prince princess engineer artist author writer singer actor actress player players band bands song songs
        movie movies film films show shows book books story stories page pages chapter article articles news paper papers report reports document documents file
        files form forms list lists table tables data information info detail details record records note notes question questions answer answers problem problems
        issue issues solution solutions reason reasons result results example examples case cases fact facts idea ideas thing things something anything nothing
        everything someone anyone everyone nobody everybody somewhere anywhere everywhere way ways part parts kind kinds type types sort group groups set sets
        company companies business businesses corporation firm firms organization organizations organisation government department agency service services
        product products item items order orders ordered ordering purchase purchased buy buying bought sell selling sold shop shops shopping store stores market
        markets trade delivery deliver delivered ship shipping shipped shipment package packages box boxes bag bags car cars bus train trains plane flight flights
        ticket tickets travel trip trips hotel hotels restaurant restaurants food water coffee tea wine beer bread meal lunch dinner breakfast
        work works worked working job jobs career careers position positions project projects plan plans planning meeting meetings event events party conference
        school schools college university class classes course courses degree education study studies research science art arts music sport sports game games
        computer computers laptop internet web website websites site sites online software app application applications system systems network server servers
        password passwords login account username key keys security secure access link links click button screen device devices technology machine
        make makes made making take takes took taken taking get gets got getting give gives gave given giving go goes went gone going come comes came coming
        see sees saw seen seeing look looks looked looking find finds found finding think thinks thought thinking know knows knew known say says said saying
        tell tells told telling ask asks asked asking want wants wanted wanting use uses used using try tries tried trying let lets leave leaves left leaving
        keep keeps kept put puts begin begins began begun start starts started starting stop stops stopped help helps helped helping show showed shown
        hear heard play played playing run runs ran running move moves moved moving live lives lived living believe believed bring brings brought happen happens
        happened write writes wrote written writing read reads reading sit sat stand stood lose lost pay meet meets met include includes included including
        continue continued learn learned change changes changed changing lead led understand understood watch watched follow followed following create
        created speak spoke spoken allow allowed add added spend spent grow grew open opened opening close closed closing walk walked win won offer offers
        offered remember consider considered appear appeared wait waited waiting serve served die died build built stay stayed cut raise raised pass passed
        decide decided return returned explain explained hope hopes hoped develop developed carry carried break broke broken agree agreed support supported hold
        held turn turned check checks checked checking confirm confirmed update updated updating cancel cancelled canceled cancellation verify verified approve
        approved submit submitted request requests requested require required requires complete completed apply applied register registered sign signed join
        joined visit visited visiting arrive arrived return drive drove driving wear wearing eat eating drink sleep talk talked talking love loved loves feel
        felt seem seemed seems become became becomes enjoy enjoyed prefer suggest suggested recommend recommended review reviews reviewed rated
        good better great nice fine bad worse worst big bigger biggest large larger small smaller little long longer short high higher low lower old older new
        newer young younger right wrong true false real sure certain possible impossible easy hard difficult simple free full empty ready able available
        important special general main major minor local national international public private personal common similar whole total final current
        recent modern ancient black white red blue green yellow orange brown grey gray pink purple gold golden silver dark light hot cold warm cool dry wet
        clean dirty rich poor strong weak fast quick slow happy sad angry beautiful pretty ugly cheap expensive heavy clear deep wide narrow
        north south east west northern southern eastern western central upper left top bottom front back side end middle center centre
        world earth sun moon star stars sky sea ocean river lake mountain mountains hill island beach forest tree trees flower flowers garden park field
        animal animals dog dogs cat cats horse horses bird birds fish cow life death war peace law laws rule rules rights power force army military history
        future culture language languages word words sentence voice sound picture pictures photo photos image video color colour size shape body head face eye
        eyes hair hand hands arm leg foot feet heart mind blood health medical medicine hospital clinic treatment drug drugs disease pain test tests
        god church religion holy bible christmas easter holiday holidays birthday birth born age aged married single male female gender sex
        american british english french german spanish italian chinese japanese indian russian canadian australian european african asian mexican dutch swedish
        danish norwegian finnish polish greek turkish irish scottish welsh swiss austrian belgian portuguese brazilian korean arabic latin jewish christian
        muslim islam catholic republican democrat democratic
        mr mrs ms miss dr prof professor sir madam lord lady captain mister
        subject re fw fwd cc bcc attn attention ps fyi asap faq url http https www com org net usa tv cv dvd cd gps pdf ssn iban pin atm vat ip vip ceo cto cfo hr
        it's i'm i'll i've i'd don't doesn't didn't can't couldn't won't wouldn't isn't aren't wasn't weren't haven't hasn't hadn't shouldn't let's that's
        there's what's who's where's he's she's you're you'll you've we're we'll we've they're they'll they've
        inc ltd llc corp co plc gmbh etc e.g i.e vs eg ie nan null none unknown n/a na tbd
        billing shipping mailing permanent temporary primary secondary alternate emergency additional extra optional mandatory valid invalid expired expires
        driver's license licence passport visa citizen citizenship nationality nationalities social number's customer's client's employee's
        wanted wishing wondering regarding concerning according because although though while whether unless however therefore moreover meanwhile instead
        maybe perhaps probably actually really quite almost nearly exactly especially particularly directly immediately quickly easily simply together alone
        away back forward ahead apart aside else rather indeed anyway
        album albums single singer guitar piano drums rock jazz blues pop opera theater theatre museum gallery library stadium cinema concert tour festival
        won winning award awards prize champion championship league cup final race match score goal goals coach club season
        elected election vote votes voting campaign party parliament congress senate council committee commission court trial crime criminal prison
        released published announced launched founded established acquired merged hired fired promoted resigned retired graduated appointed
        awesome amazing wonderful excellent perfect terrible horrible awful funny boring interesting exciting strange weird crazy lovely
        thing stuff lot lots bit piece pair couple dozen bunch rest
        """;

    const string TitleWords = "mr mrs ms miss mx dr prof professor sir madam madame lady lord rev reverend capt captain sgt lt col gen hon judge senator president herr frau monsieur mme mlle m señor señora sr sra signor signora dott mister sister father rabbi imam sheikh";

    const string OrganizationWords = "inc incorporated ltd limited llc llp lp plc corp corporation co company gmbh ag kg ohg ug sa sas sarl spa srl bv nv ab as asa oy oyj kk pty pte bhd group holdings holding partners associates university college institute academy school bank trust foundation association society federation union council committee ministry department agency authority commission hospital clinic church museum university's airlines airways industries enterprises solutions systems technologies technology consulting services logistics motors pharmaceuticals insurance capital ventures media studios records club times press international sons bros brothers stores hotel hotels restaurant cafe laboratories labs";

    const string StreetWords = "street st road rd avenue ave av lane ln drive dr boulevard blvd court ct place pl square sq terrace ter way highway hwy parkway pkwy circle cir trail trl crescent cres close grove gardens row mews alley loop path pike plaza route freeway expressway turnpike crossing xing bend ridge hollow wharf quay esplanade promenade walk rise vale glen run cove landing heights manor bypass causeway motorway strasse straße gasse weg platz allee straat laan gracht kade plein dijk utca út útja tér körút gatan gate vägen gata väg vej gade allé veien gaten katu tie ulica ulice náměstí sokak caddesi";

    // Street words of languages that put them first.
    const string StreetFirstWords = "rue avenue boulevard chemin impasse quai place allée allee route via viale piazza corso vicolo strada largo calle avenida paseo plaza camino carrer rúa rua travessa praça estrada ulica ul ulitsa am im zum rte cra carrera rruga strada calea bulevardul aleea jalan";

    static readonly string[] streetEndings = ["straße", "strasse", "gasse", "platz", "allee", "straat", "laan", "plein", "weg", "gracht", "kade", "dijk", "gatan", "gata", "vägen", "väg", "vej", "gade", "veien", "vegen", "gaten", "katu", "tie", "kuja", "ufer", "damm"];

    const string UnitWords = "apt apartment suite ste unit flat room rm floor fl bldg building box pmb lot dept #";

    const string DirectionWords = "n s e w ne nw se sw north south east west northeast northwest southeast southwest";

    const string ParticleWords = "de del della di da dos das do du des van von der den ter ten la le lo el al bin ibn ben abu st y e of the und zu zur af av nad pod pri sur sous lez upon och aan op im am ob na ad las los dei degli bij onder";

    const string PersonCueWords = "called named mr mrs ms dear hi hello hey regards sincerely yours signed attn contact name i'm am patient customer client employee guest owner author student applicant passenger nurse doctor husband wife son daughter brother sister mother father friend colleague cardholder holder beneficiary recipient sender tenant with by told met ask tell thanks";

    const string PlaceCueWords = "in from to near visit visiting city town capital country born lives live living moved travel traveled travelled flight fly located based";

    const string OrganizationCueWords = "at company employer firm worked works work joined bank ceo cto founder";

    const string SuffixWords = "md phd dds dvm dmd esq jr sr ii iii iv cpa rn mba msc bsc dphil obe mbe frcs";

    const string MissingWords = "nan null none nil na unknown";

    const string AddressCueWords = "address addresses";
}
