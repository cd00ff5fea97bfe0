namespace Sluice.SchemaDetection;

// Closed lists: ISO 4217 and ISO 639-1 codes, months, days, colours; and frequent given names.
static partial class Vocabulary
{
    const string CurrencyCodeList = """
        AED, AFN, ALL, AMD, ANG, AOA, ARS, AUD, AWG, AZN, BAM, BBD, BDT, BGN, BHD, BIF, BMD, BND, BOB, BRL, BSD, BTN, BWP, BYN, BZD, CAD, CDF, CHF,
        CLP, CNY, COP, CRC, CUP, CVE, CZK, DJF, DKK, DOP, DZD, EGP, ERN, ETB, EUR, FJD, FKP, GBP, GEL, GHS, GIP, GMD, GNF, GTQ, GYD, HKD, HNL, HRK,
        HTG, HUF, IDR, ILS, INR, IQD, IRR, ISK, JMD, JOD, JPY, KES, KGS, KHR, KMF, KPW, KRW, KWD, KYD, KZT, LAK, LBP, LKR, LRD, LSL, LYD, MAD, MDL,
        MGA, MKD, MMK, MNT, MOP, MRU, MUR, MVR, MWK, MXN, MYR, MZN, NAD, NGN, NIO, NOK, NPR, NZD, OMR, PAB, PEN, PGK, PHP, PKR, PLN, PYG, QAR, RON,
        RSD, RUB, RWF, SAR, SBD, SCR, SDG, SEK, SGD, SHP, SLE, SOS, SRD, SSP, STN, SVC, SYP, SZL, THB, TJS, TMT, TND, TOP, TRY, TTD, TWD, TZS, UAH,
        UGX, USD, UYU, UZS, VES, VND, VUV, WST, XAF, XCD, XOF, XPF, YER, ZAR, ZMW, ZWL, DEM, FRF, ITL, ESP, NLG, ATS, BEF, BTC, ETH
        """;

    const string CurrencyNameList = """
        dollar, us dollar, u.s. dollar, euro, pound, pound sterling, british pound, yen, japanese yen, yuan, renminbi, rupee, indian rupee, ruble,
        rouble, peso, real, krona, krone, koruna, forint, zloty, lira, franc, swiss franc, dinar, dirham, riyal, rial, won, baht, ringgit, rupiah,
        dong, shekel, rand, naira, cedi, shilling, birr, kwacha, pula, leu, lev, lek, hryvnia, tenge, som, manat, lari, dram, taka, kyat, kip,
        riel, tugrik, quetzal, lempira, colon, balboa, guarani, sol, boliviano, bolivar, gourde, canadian dollar, australian dollar,
        new zealand dollar, mexican peso, brazilian real, singapore dollar, hong kong dollar, south african rand, swedish krona, norwegian krone,
        danish krone
        """;

    const string LanguageCodeList = """
        ab, aa, af, ak, sq, am, ar, an, hy, as, av, ae, ay, az, bm, ba, eu, be, bn, bi, bs, br, bg, my, ca, ch, ce, ny, zh, cv, kw, co, cr, hr, cs,
        da, dv, nl, dz, en, eo, et, ee, fo, fj, fi, fr, ff, gl, ka, de, el, gn, gu, ht, ha, he, hz, hi, ho, hu, ia, id, ie, ga, ig, ik, io, is, it,
        iu, ja, jv, kl, kn, kr, ks, kk, km, ki, rw, ky, kv, kg, ko, ku, kj, la, lb, lg, li, ln, lo, lt, lu, lv, gv, mk, mg, ms, ml, mt, mi, mr, mh,
        mn, na, nv, nd, ne, ng, nb, nn, no, ii, nr, oc, oj, cu, om, or, os, pa, pi, fa, pl, ps, pt, qu, rm, rn, ro, ru, sa, sc, sd, se, sm, sg, sr,
        gd, sn, si, sk, sl, so, st, es, su, sw, ss, sv, ta, te, tg, th, ti, bo, tk, tl, tn, to, tr, ts, tt, tw, ty, ug, uk, ur, uz, ve, vi, vo, wa,
        cy, wo, fy, xh, yi, yo, za, zu
        """;

    const string LanguageNameList = """
        abkhaz, afrikaans, akan, albanian, amharic, arabic, armenian, assamese, aymara, azerbaijani, bambara, basque, belarusian, bengali, bosnian,
        breton, bulgarian, burmese, catalan, cebuano, chinese, mandarin, cantonese, corsican, croatian, czech, danish, dutch, dzongkha, english,
        esperanto, estonian, faroese, fijian, filipino, finnish, french, galician, georgian, german, greek, guarani, gujarati, haitian creole,
        hausa, hawaiian, hebrew, hindi, hungarian, icelandic, igbo, indonesian, irish, italian, japanese, javanese, kannada, kashmiri, kazakh,
        khmer, kinyarwanda, korean, kurdish, kyrgyz, lao, latin, latvian, lithuanian, luxembourgish, macedonian, malagasy, malay, malayalam,
        maltese, maori, māori, marathi, mongolian, nepali, norwegian, occitan, oriya, odia, pashto, persian, farsi, dari, polish, portuguese,
        punjabi, quechua, romanian, romansh, russian, samoan, sanskrit, sardinian, scottish gaelic, serbian, shona, sindhi, sinhala, slovak,
        slovenian, slovene, somali, spanish, castilian, sundanese, swahili, swedish, tagalog, tajik, tamil, tatar, telugu, thai, tibetan, tigrinya,
        tongan, turkish, turkmen, ukrainian, urdu, uyghur, uzbek, vietnamese, welsh, wolof, xhosa, yiddish, yoruba, zulu, deutsch, englisch,
        französisch, spanisch, italienisch, russisch, anglais, français, allemand, espagnol, italien, inglés, español, francés, alemán, inglese,
        francese, tedesco, spagnolo
        """;

    const string MonthList = """
        january, february, march, april, may, june, july, august, september, october, november, december, jan, feb, mar, apr, jun, jul, aug, sep,
        sept, oct, nov, dec, januar, februar, märz, mai, juni, juli, oktober, dezember, janvier, février, mars, avril, juin, juillet, août,
        septembre, octobre, novembre, décembre, enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre,
        diciembre, gennaio, febbraio, aprile, maggio, giugno, luglio, settembre, ottobre, dicembre, janeiro, fevereiro, março, maio, junho, julho,
        setembro, outubro, novembro, dezembro
        """;

    const string WeekdayList = """
        monday, tuesday, wednesday, thursday, friday, saturday, sunday, mon, tue, tues, wed, thu, thur, thurs, fri, sat, sun, montag, dienstag,
        mittwoch, donnerstag, freitag, samstag, sonnabend, sonntag, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, lunes, martes,
        miércoles, jueves, viernes, sábado, domingo, lunedì, martedì, mercoledì, giovedì, venerdì, sabato, domenica, segunda-feira, terça-feira,
        quarta-feira, quinta-feira, sexta-feira
        """;

    const string GenderList = """
        male, female, m, f, man, woman, men, women, boy, girl, non-binary, nonbinary, other, unknown, diverse, männlich, weiblich, divers, mann,
        frau, homme, femme, masculin, féminin, hombre, mujer, masculino, femenino, maschio, femmina, feminino, mannelijk, vrouwelijk, d, w, u, x
        """;

    const string ColourList = """
        red, orange, yellow, green, blue, purple, violet, pink, brown, black, white, gray, grey, cyan, magenta, turquoise, teal, navy, maroon,
        olive, lime, indigo, gold, silver, beige, ivory, crimson, coral, salmon, khaki, lavender, tan, aqua, fuchsia, rot, grün, blau, gelb,
        schwarz, weiß, grau, braun, rosa, lila, rouge, vert, bleu, jaune, noir, blanc, gris, marron, rose, rojo, verde, azul, amarillo, negro,
        blanco, naranja, rosso, blu, giallo, nero, bianco, grigio
        """;

    const string GivenNameList = """
        aaron, abigail, adam, adriana, agnieszka, ahmed, aisha, akira, alan, albert, alberto, alejandro, alessia, alex, alexander, alexei, alexis,
        alfred, ali, alice, ama, amanda, amber, amit, amy, ana, anastasia, anders, andrea, andreas, andrew, andrzej, andré, andrés, angela, angelo,
        anil, anja, anjali, ann, anna, anne, anthony, antonino, antonio, arjun, arthur, ashley, astrid, barbara, beatriz, ben, benjamin, bernard,
        bernd, betty, beverly, bill, billy, birgit, bjorn, björn, bob, bobby, boris, bradley, bram, brandon, brenda, brian, bridget, brigitte,
        brittany, bruce, bruno, bryan, camille, carl, carlos, carmen, carol, carolyn, catarina, catherine, charles, charlotte, cheryl, chiara,
        chinua, chloé, chris, christian, christina, christine, christopher, clara, claudia, colin, connor, cornelis, cristina, cynthia, daan,
        daniel, danielle, dave, david, deborah, debra, deepak, denise, dennis, diana, diane, diego, dieter, dmitri, dmitry, dolores, domenico,
        donald, donna, doris, dorothy, douglas, dylan, edgar, edmund, eduardo, edward, ekaterina, elena, elias, elizabeth, ella, emily, emma,
        enrique, eric, erik, ernest, ethan, eugene, evelyn, ewa, fatima, felix, femke, fernanda, fernando, finn, fiona, frances, francesca,
        francesco, francisco, franco, francois, frank, françois, frederick, freja, friedrich, fritz, gabriel, gabriele, gary, gemma, george,
        gerald, giovanni, giulia, giuseppe, gloria, grace, graham, gregory, gustavo, günter, hannah, hans, harold, harry, haruto, hassan, heather,
        heike, heinrich, helen, henry, hiroshi, hugh, hugo, hui, hussein, ian, ibrahim, ida, igor, ingrid, inès, inês, irina, isabel, isabella,
        isabelle, ivan, jack, jacob, jacqueline, jacques, james, jan, jane, janet, janice, jason, javier, jean, jeanne, jeffrey, jennifer, jeremy,
        jerry, jesse, jessica, jesus, jesús, jim, jing, joan, joanna, joao, joe, johan, johannes, john, johnny, jonas, jonathan, jordan, jorge,
        jose, joseph, joshua, josé, joyce, joão, juan, judith, judy, julia, juliana, julie, julien, jurgen, justin, jürgen, karen, karin, karl,
        katarzyna, katherine, kathleen, kathryn, kayla, keith, kelly, kenji, kenneth, kevin, khalid, kim, kimberly, kirsten, klaus, kofi,
        krzysztof, kwame, kyle, lakshmi, larry, lars, laura, lauren, laurent, lawrence, layla, lea, lena, leo, leon, li, liam, lina, linda, lisa,
        logan, lorenzo, lori, louis, luca, lucia, lucía, luigi, luis, lukas, luke, léa, madison, mads, magdalena, magnus, malcolm, manon, manuel,
        marcin, marco, margaret, maria, mariana, marie, marilyn, mario, mark, markus, marta, martha, martin, martina, mary, maryam, matteo,
        matthew, max, małgorzata, megan, mei, melissa, mette, mia, michael, michał, michel, michelle, miguel, mike, mikhail, min-jun, ming,
        mohammed, monika, monique, muhammad, nancy, natalia, natalie, nathalie, nathan, neha, neil, nelson, ngozi, nicholas, nicolas, nicole,
        nigel, nikolai, nils, noah, noor, olaf, olga, oliver, olivia, oluwaseun, omar, oscar, otto, owen, pablo, pamela, patricia, patrick, paul,
        paula, paulo, pawel, paweł, pedro, peter, petra, philip, philippe, pierre, pieter, pietro, pilar, piotr, pooja, priya, rachel, rafael,
        rahul, raj, ralph, ramon, ramón, randy, raul, ravi, raymond, raúl, rebecca, renate, rhys, ricardo, richard, robert, roberto, roger, ronald,
        rosa, roy, rui, russell, ruth, ryan, sabine, sakura, salvatore, sam, samantha, samuel, sandra, sanjay, sanne, sara, sarah, scott, sean,
        seo-yeon, sergei, sergey, sergio, sharon, shirley, sian, sinead, siobhan, sofia, sophia, soren, stefan, stephanie, stephen, steve, steven,
        stuart, sunil, susan, sven, svetlana, sylvie, sébastien, søren, takashi, tatiana, teresa, terry, thabo, theodore, theresa, thomas, tiago,
        tim, timothy, tom, tomasz, tyler, ulrich, ursula, uwe, valentina, valérie, victoria, vijay, vincent, vincenzo, virginia, vladimir, walter,
        wayne, wei, willem, william, willie, winston, wolfgang, xiu, yan, yoko, yuki, yuri, yusuf, zachary, zainab, zofia
        """;
}
