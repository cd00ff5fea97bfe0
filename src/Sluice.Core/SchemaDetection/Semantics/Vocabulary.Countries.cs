namespace Sluice.SchemaDetection;

// Countries and territories of ISO 3166-1: two letters, three letters, name; and other names in use, in several languages.
static partial class Vocabulary
{
    const string CountryTable = """
        AD AND Andorra | AE ARE United Arab Emirates | AF AFG Afghanistan | AG ATG Antigua & Barbuda | AI AIA Anguilla | AL ALB Albania |
        AM ARM Armenia | AO AGO Angola | AQ ATA Antarctica | AR ARG Argentina | AS ASM American Samoa | AT AUT Austria | AU AUS Australia |
        AW ABW Aruba | AX ALA Åland Islands | AZ AZE Azerbaijan | BA BIH Bosnia & Herzegovina | BB BRB Barbados | BD BGD Bangladesh |
        BE BEL Belgium | BF BFA Burkina Faso | BG BGR Bulgaria | BH BHR Bahrain | BI BDI Burundi | BJ BEN Benin | BL BLM St Barthelemy |
        BM BMU Bermuda | BN BRN Brunei | BO BOL Bolivia | BQ BES Caribbean Netherlands | BR BRA Brazil | BS BHS Bahamas | BT BTN Bhutan |
        BV BVT Bouvet Island | BW BWA Botswana | BY BLR Belarus | BZ BLZ Belize | CA CAN Canada | CC CCK Cocos (Keeling) Islands |
        CD COD Democratic Republic of the Congo | CF CAF Central African Rep. | CG COG Republic of the Congo | CH CHE Switzerland |
        CI CIV Côte d'Ivoire | CK COK Cook Islands | CL CHL Chile | CM CMR Cameroon | CN CHN China | CO COL Colombia | CR CRI Costa Rica |
        CU CUB Cuba | CV CPV Cape Verde | CW CUW Curaçao | CX CXR Christmas Island | CY CYP Cyprus | CZ CZE Czech Republic | DE DEU Germany |
        DJ DJI Djibouti | DK DNK Denmark | DM DMA Dominica | DO DOM Dominican Republic | DZ DZA Algeria | EC ECU Ecuador | EE EST Estonia |
        EG EGY Egypt | EH ESH Western Sahara | ER ERI Eritrea | ES ESP Spain | ET ETH Ethiopia | FI FIN Finland | FJ FJI Fiji |
        FK FLK Falkland Islands | FM FSM Micronesia | FO FRO Faroe Islands | FR FRA France | GA GAB Gabon | GB GBR United Kingdom |
        GD GRD Grenada | GE GEO Georgia | GF GUF French Guiana | GG GGY Guernsey | GH GHA Ghana | GI GIB Gibraltar | GL GRL Greenland |
        GM GMB Gambia | GN GIN Guinea | GP GLP Guadeloupe | GQ GNQ Equatorial Guinea | GR GRC Greece |
        GS SGS South Georgia & the South Sandwich Islands | GT GTM Guatemala | GU GUM Guam | GW GNB Guinea-Bissau | GY GUY Guyana |
        HK HKG Hong Kong | HM HMD Heard Island & McDonald Islands | HN HND Honduras | HR HRV Croatia | HT HTI Haiti | HU HUN Hungary |
        ID IDN Indonesia | IE IRL Ireland | IL ISR Israel | IM IMN Isle of Man | IN IND India | IO IOT British Indian Ocean Territory |
        IQ IRQ Iraq | IR IRN Iran | IS ISL Iceland | IT ITA Italy | JE JEY Jersey | JM JAM Jamaica | JO JOR Jordan | JP JPN Japan | KE KEN Kenya |
        KG KGZ Kyrgyzstan | KH KHM Cambodia | KI KIR Kiribati | KM COM Comoros | KN KNA St Kitts & Nevis | KP PRK North Korea |
        KR KOR South Korea | KW KWT Kuwait | KY CYM Cayman Islands | KZ KAZ Kazakhstan | LA LAO Laos | LB LBN Lebanon | LC LCA St Lucia |
        LI LIE Liechtenstein | LK LKA Sri Lanka | LR LBR Liberia | LS LSO Lesotho | LT LTU Lithuania | LU LUX Luxembourg | LV LVA Latvia |
        LY LBY Libya | MA MAR Morocco | MC MCO Monaco | MD MDA Moldova | ME MNE Montenegro | MF MAF Saint Martin | MG MDG Madagascar |
        MH MHL Marshall Islands | MK MKD North Macedonia | ML MLI Mali | MM MMR Myanmar | MN MNG Mongolia | MO MAC Macau |
        MP MNP Northern Mariana Islands | MQ MTQ Martinique | MR MRT Mauritania | MS MSR Montserrat | MT MLT Malta | MU MUS Mauritius |
        MV MDV Maldives | MW MWI Malawi | MX MEX Mexico | MY MYS Malaysia | MZ MOZ Mozambique | NA NAM Namibia | NC NCL New Caledonia |
        NE NER Niger | NF NFK Norfolk Island | NG NGA Nigeria | NI NIC Nicaragua | NL NLD Netherlands | NO NOR Norway | NP NPL Nepal |
        NR NRU Nauru | NU NIU Niue | NZ NZL New Zealand | OM OMN Oman | PA PAN Panama | PE PER Peru | PF PYF French Polynesia |
        PG PNG Papua New Guinea | PH PHL Philippines | PK PAK Pakistan | PL POL Poland | PM SPM St Pierre & Miquelon | PN PCN Pitcairn |
        PR PRI Puerto Rico | PS PSE Palestine | PT PRT Portugal | PW PLW Palau | PY PRY Paraguay | QA QAT Qatar | RE REU Réunion | RO ROU Romania |
        RS SRB Serbia | RU RUS Russia | RW RWA Rwanda | SA SAU Saudi Arabia | SB SLB Solomon Islands | SC SYC Seychelles | SD SDN Sudan |
        SE SWE Sweden | SG SGP Singapore | SH SHN St Helena | SI SVN Slovenia | SJ SJM Svalbard & Jan Mayen | SK SVK Slovakia |
        SL SLE Sierra Leone | SM SMR San Marino | SN SEN Senegal | SO SOM Somalia | SR SUR Suriname | SS SSD South Sudan |
        ST STP Sao Tome & Principe | SV SLV El Salvador | SX SXM Sint Maarten | SY SYR Syria | SZ SWZ Eswatini (Swaziland) |
        TC TCA Turks & Caicos Is | TD TCD Chad | TF ATF French S. Terr. | TG TGO Togo | TH THA Thailand | TJ TJK Tajikistan | TK TKL Tokelau |
        TL TLS East Timor | TM TKM Turkmenistan | TN TUN Tunisia | TO TON Tonga | TR TUR Turkey | TT TTO Trinidad & Tobago | TV TUV Tuvalu |
        TW TWN Taiwan | TZ TZA Tanzania | UA UKR Ukraine | UG UGA Uganda | UM UMI US minor outlying islands | US USA United States |
        UY URY Uruguay | UZ UZB Uzbekistan | VA VAT Vatican City | VC VCT St Vincent | VE VEN Venezuela | VG VGB British Virgin Islands |
        VI VIR US Virgin Islands | VN VNM Vietnam | VU VUT Vanuatu | WF WLF Wallis & Futuna | WS WSM Samoa | YE YEM Yemen | YT MYT Mayotte |
        ZA ZAF South Africa | ZM ZMB Zambia | ZW ZWE Zimbabwe |
        """;

    const string OtherCountryNames = """
        usa, u.s.a., u.s., us, united states of america, uk, u.k., great britain, england, scotland, wales, northern ireland, republic of ireland, russian federation,
        republic of korea, korea, holland, czechia, czech republic, türkiye, turkey, ivory coast, côte d'ivoire, swaziland, eswatini, macedonia, burma, myanmar,
        cape verde, cabo verde, east timor, timor-leste, vatican city, holy see, palestine, kosovo, taiwan, hong kong, macao, macau, the gambia, gambia, the bahamas,
        the netherlands, people's republic of china, viet nam, lao pdr, syrian arab republic, islamic republic of iran, brunei darussalam, congo, dr congo, uae, emirates,
        republic of moldova, tanzania, bolivia, venezuela, micronesia, st. lucia, saint lucia, antigua and barbuda, trinidad and tobago, bosnia and herzegovina,
        saint kitts and nevis, saint vincent and the grenadines, são tomé and príncipe, sao tome and principe,
        deutschland, österreich, schweiz, frankreich, italien, spanien, polen, niederlande, belgien, dänemark, schweden, norwegen, finnland, griechenland, türkei, ungarn,
        tschechien, rumänien, bulgarien, kroatien, slowenien, slowakei, russland, großbritannien, vereinigtes königreich, vereinigte staaten, irland, brasilien, indien,
        allemagne, autriche, suisse, espagne, italie, pologne, pays-bas, belgique, danemark, suède, norvège, finlande, grèce, turquie, hongrie, roumanie, bulgarie,
        croatie, slovénie, slovaquie, russie, royaume-uni, états-unis, irlande, brésil, inde, chine, japon, maroc, algérie, tunisie, égypte,
        alemania, suiza, francia, italia, españa, polonia, países bajos, bélgica, dinamarca, suecia, noruega, finlandia, grecia, turquía, hungría, rumania, croacia,
        rusia, reino unido, estados unidos, irlanda, brasil, méxico, perú, japón, marruecos, argelia, egipto, germania, svizzera, spagna, regno unito, stati uniti,
        alemanha, áustria, suíça, frança, itália, espanha, polônia, países baixos, suécia, noruega, grécia, rússia, estados unidos da américa
        """;

    static (HashSet<string> Names, HashSet<string> Two, HashSet<string> Three) Countries()
    {
        var names = List(OtherCountryNames);
        HashSet<string> two = new(StringComparer.Ordinal), three = new(StringComparer.Ordinal);
        foreach (var entry in CountryTable.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            two.Add(entry[..2]);
            three.Add(entry[3..6]);
            names.Add(entry[7..].ToLowerInvariant());
        }

        return (names, two, three);
    }
}
