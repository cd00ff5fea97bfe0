namespace Sluice.SchemaDetection;

// Large cities of all continents, and the states of federal countries that are often written alone.
static partial class Vocabulary
{
    const string CityList = """
        aachen, aarhus, abidjan, abu dhabi, abuja, accra, adana, addis ababa, adelaide, aden, ahmedabad, akron, albany, albuquerque, alexandria,
        algiers, alicante, almaty, amman, amsterdam, anaheim, anchorage, ankara, ann arbor, antalya, antananarivo, antofagasta, antwerp, antwerpen,
        apia, aqtau, aqtobe, araguaina, arequipa, arlington, ashgabat, asmara, astrakhan, asuncion, asunción, athens, atikokan, atlanta, atyrau,
        auckland, augsburg, aurora, austin, baghdad, bahia banderas, bakersfield, baku, baltimore, bamako, bandung, bangalore, bangkok, bangui,
        banjul, barcelona, bari, barnaul, barranquilla, basel, basra, baton rouge, beijing, beirut, belem, belfast, belgrade, belo horizonte,
        belém, bengaluru, bergen, berkeley, berlin, bern, bhopal, bielefeld, bilbao, birmingham, bishkek, bissau, blanc-sablon, blantyre,
        boa vista, bochum, bogota, bogotá, boise, bologna, bombay, bonn, bordeaux, boston, braga, brasilia, brasília, bratislava, brazzaville,
        bremen, brighton, brisbane, bristol, brno, broken hill, bruges, brussels, bruxelles, bucharest, budapest, buenos aires, buffalo, bujumbura,
        bulawayo, bursa, busan, cairns, cairo, calcutta, calgary, cali, cambridge, cambridge bay, campinas, campo grande, canberra, cancun, cancún,
        cape town, caracas, cardiff, cartagena, casablanca, catamarca, catania, cayenne, cebu, ceuta, chandigarh, chandler, charleston, charlotte,
        chelyabinsk, chengdu, chennai, chesapeake, chiang mai, chicago, chihuahua, chisinau, chita, chittagong, chișinău, chongqing, christchurch,
        chula vista, cincinnati, ciudad de méxico, ciudad juarez, ciudad juárez, cleveland, cluj-napoca, coimbra, cologne, colombo,
        colorado springs, columbus, conakry, concepción, copenhagen, cordoba, cork, corpus christi, coventry, coyhaique, cuiaba, curitiba, cusco,
        córdoba, da nang, daegu, daejeon, dakar, dalian, dallas, damascus, dammam, dar es salaam, darwin, davao, dawson creek, debrecen, delhi,
        den haag, denver, des moines, detroit, dhaka, dijon, dili, dnipro, dodoma, doha, dortmund, douala, dresden, dubai, dublin, duisburg,
        dunedin, durban, durham, dushanbe, düsseldorf, edinburgh, edmonton, eindhoven, eirunepe, el aaiun, el paso, erfurt, espoo, essen, eugene,
        faisalabad, famagusta, fayetteville, fes, firenze, florence, florianópolis, fontana, fort nelson, fort wayne, fort worth, fortaleza,
        frankfurt, frankfurt am main, freetown, freiburg, fremont, fresno, fukuoka, funafuti, gaborone, galway, garland, gdańsk, geneva, genf,
        genoa, genova, gent, genève, ghent, gibraltar, giza, glace bay, glasgow, glendale, goiânia, gold coast, goose bay, gothenburg, granada,
        grand turk, graz, greensboro, grenoble, groningen, guadalajara, guangzhou, guatemala city, guayaquil, göteborg, haifa, halifax, hamburg,
        hamilton, hangzhou, hannover, hanoi, hanover, harare, harbin, hartford, havana, hebron, helsinki, hermosillo, hialeah, hiroshima,
        ho chi minh, ho chi minh city, hobart, hong kong, honolulu, houston, hovd, huntsville, hyderabad, iași, ibadan, incheon, indianapolis,
        indore, innsbruck, inuvik, iqaluit, irkutsk, irvine, irving, isfahan, islamabad, istanbul, izmir, jacksonville, jaipur, jakarta, jayapura,
        jeddah, jersey city, jerusalem, johannesburg, juba, jujuy, juneau, kabul, kaliningrad, kampala, kano, kanpur, kansas city, karachi,
        karlsruhe, kathmandu, katowice, kaunas, kazan, kharkiv, khartoum, kiel, kiev, kigali, kingston, kinshasa, kitchener, knoxville, kobe,
        kochi, kolkata, košice, krakow, kraków, kralendijk, krasnoyarsk, kuala lumpur, kuching, kumasi, kunming, kuwait city, kyiv, kyoto, köln,
        københavn, la paz, lagos, lahore, laredo, las vegas, lausanne, leeds, leicester, leipzig, leuven, lexington, león, libreville, lille, lima,
        limerick, lincoln, linz, lisboa, lisbon, little rock, liverpool, liège, ljubljana, lome, london, long beach, longyearbyen, los angeles,
        louisville, luanda, lubbock, lublin, lubumbashi, lucknow, lusaka, luxembourg, lviv, lyon, macau, maceio, madison, madras, madrid, magadan,
        mainz, majuro, makassar, malabo, malaga, malmö, managua, manama, manaus, manchester, manila, mannheim, maputo, mar del plata, maracaibo,
        mariehamn, marigot, marrakesh, marseille, maseru, mashhad, matamoros, mazatlan, mbabane, mecca, medan, medellin, medellín, medina,
        melbourne, memphis, mendoza, menominee, merida, mesa, metlakatla, mexico city, miami, milan, milano, milwaukee, minneapolis, minsk,
        modesto, mogadishu, mombasa, monaco, moncton, monrovia, monterrey, montevideo, montgomery, monticello, montpellier, montreal, montréal,
        moscow, mosul, multan, mumbai, munich, murcia, muscat, málaga, münchen, münster, nagoya, nagpur, nairobi, nanjing, nantes, naples, napoli,
        nashville, nassau, natal, ndjamena, new delhi, new haven, new orleans, new york, newark, newcastle, niamey, nice, nicosia, nizhny novgorod,
        norfolk, nottingham, nouakchott, noumea, novi sad, novokuznetsk, novosibirsk, nuremberg, nuuk, nürnberg, oakland, odense, odesa, odessa,
        ojinaga, omaha, omsk, oran, orlando, osaka, oslo, ostrava, ottawa, ouagadougou, oxford, oxnard, padova, pago pago, palermo, palma,
        palo alto, panama city, paramaribo, paris, patna, patras, penang, perm, perth, peshawar, philadelphia, phnom penh, phoenix, pisa,
        pittsburgh, plano, plovdiv, plymouth, podgorica, pontianak, port elizabeth, port harcourt, port moresby, port of spain, port-au-prince,
        portland, porto, porto alegre, porto velho, porto-novo, poznań, prague, praha, pretoria, providence, puebla, pune, punta arenas, pyongyang,
        qingdao, qostanay, quebec, quebec city, querétaro, quezon city, quito, québec, qyzylorda, rabat, raleigh, rankin inlet, rarotonga,
        rawalpindi, reading, recife, reims, rennes, reno, reykjavik, reykjavík, richmond, riga, rijeka, rio branco, rio de janeiro, rio gallegos,
        riverside, riyadh, rochester, roma, rome, rosario, rostov-on-don, rotterdam, sacramento, saigon, saint louis, saint paul, saint petersburg,
        salt lake city, salvador, salzburg, samarkand, san antonio, san bernardino, san diego, san francisco, san jose, san juan, san luis,
        san marino, san salvador, santa ana, santa barbara, santa cruz, santa fe, santarem, santiago, santiago de cuba, santo domingo, sao paulo,
        sao tome, sapporo, sarajevo, saratov, saskatoon, savannah, scoresbysund, scottsdale, seattle, sendai, seoul, sevilla, seville, shanghai,
        sharjah, sheffield, shenyang, shenzhen, shiraz, siena, simferopol, singapore, sitka, skopje, sofia, southampton, split, spokane,
        springfield, srednekolymsk, st. john's, st. louis, st. paul, st. petersburg, stavanger, stockholm, stockton, strasbourg, stuttgart, sucre,
        surabaya, surat, suva, suzhou, sydney, syracuse, szczecin, szeged, são paulo, tabriz, tacoma, taipei, tallinn, tampa, tampere, tangier,
        tartu, tashkent, tbilisi, tegucigalpa, tehran, tel aviv, the hague, thessaloniki, thimphu, tianjin, tijuana, timișoara, tirane, tokyo,
        toledo, toluca, tomsk, topeka, torino, toronto, toulouse, trieste, tripoli, trondheim, trujillo, tucson, tucuman, tulsa, tunis, turin,
        turku, ufa, ulaanbaatar, ulyanovsk, uppsala, urumqi, ushuaia, utrecht, vaduz, valencia, valparaíso, vancouver, varna, vatican, venezia,
        venice, verona, vevay, victoria, vienna, vientiane, vilnius, vincennes, virginia beach, vladivostok, volgograd, voronezh, warsaw, warszawa,
        washington, washington dc, wellington, whitehorse, wichita, wien, wiesbaden, winamac, windhoek, winnipeg, winston-salem, wrocław, wuhan,
        wuppertal, xi'an, xiamen, yakutat, yakutsk, yangon, yekaterinburg, yerevan, yokohama, yonkers, york, zagreb, zaragoza, zurich, zürich,
        łódź
        """;

    const string StateList = """
        AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, FL Florida, GA Georgia, HI Hawaii,
        ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan,
        MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York,
        NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota,
        TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming,
        DC District of Columbia, PR Puerto Rico, AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador,
        NS Nova Scotia, ON Ontario, PE Prince Edward Island, QC Quebec, SK Saskatchewan, YT Yukon, NT Northwest Territories, NU Nunavut,
        QLD Queensland, NSW New South Wales, VIC Victoria, TAS Tasmania, ACT Australian Capital Territory, BY Bayern, BW Baden-Württemberg,
        NW Nordrhein-Westfalen, HE Hessen, SN Sachsen, NI Niedersachsen, RP Rheinland-Pfalz, BE Berlin, SH Schleswig-Holstein, BB Brandenburg,
        ST Sachsen-Anhalt, TH Thüringen, HH Hamburg, MV Mecklenburg-Vorpommern, SL Saarland, HB Bremen
        """;

    const string ContinentList = """
        africa, antarctica, asia, europe, north america, south america, oceania, australia, americas, america, central america, eurasia,
        middle east, afrika, asien, europa, nordamerika, südamerika, ozeanien, afrique, asie, amérique du nord, amérique du sud, océanie, áfrica,
        américa del norte, américa del sur
        """;
}
