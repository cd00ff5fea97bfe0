namespace Sluice.Privacy.Names;

static partial class Lexicon
{
    // Countries, states and large cities; of names of several words, the words. Underscores join words that are a place only together.
    const string Places = """
        afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin
        bhutan bolivia bosnia botswana brazil brunei bulgaria burundi cambodia cameroon canada chile china colombia congo croatia cuba cyprus czechia denmark
        djibouti dominica ecuador egypt eritrea estonia eswatini ethiopia fiji finland france gabon gambia ghana greece greenland grenada guatemala guinea
        guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan kazakhstan kenya kiribati kosovo kuwait kyrgyzstan laos
        latvia lebanon lesotho liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia maldives mali malta mauritania mauritius mexico
        micronesia moldova monaco mongolia montenegro morocco mozambique myanmar namibia nauru nepal netherlands nicaragua niger nigeria norway oman pakistan
        palau palestine panama paraguay peru philippines poland portugal qatar romania russia rwanda samoa senegal serbia seychelles singapore slovakia slovenia
        somalia spain sudan suriname sweden switzerland syria taiwan tajikistan tanzania thailand togo tonga tunisia turkey turkmenistan tuvalu uganda ukraine
        uruguay uzbekistan vanuatu vatican venezuela vietnam yemen zambia aruba bermuda guadeloupe martinique réunion reunion mayotte anguilla montserrat gibraltar guernsey jersey macau macao guam tokelau niue curaçao curacao comoros chad benin guinea-bissau antarctica zimbabwe england scotland wales britain usa uk u.s. u.s.a. u.k. uae america europe asia
        africa deutschland österreich schweiz españa italia brasil méxico danmark norge sverige suomi polska
        alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine
        maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont
        virginia wisconsin wyoming ontario quebec québec manitoba saskatchewan alberta newfoundland queensland tasmania bavaria saxony catalonia andalusia
        tuscany lombardy sicily provence normandy brittany burgundy
        london paris berlin madrid rome vienna amsterdam brussels copenhagen stockholm oslo helsinki dublin lisbon athens warsaw prague budapest bucharest sofia
        belgrade zagreb ljubljana bratislava vilnius riga tallinn kyiv kiev minsk moscow istanbul ankara tehran baghdad damascus beirut jerusalem amman riyadh
        dubai doha cairo tunis algiers casablanca rabat nairobi lagos abuja accra dakar johannesburg pretoria durban kinshasa luanda harare lusaka kampala
        delhi mumbai bangalore bengaluru hyderabad chennai kolkata pune ahmedabad jaipur karachi lahore islamabad dhaka kathmandu colombo bangkok hanoi jakarta
        manila singapore beijing shanghai guangzhou shenzhen chengdu wuhan tianjin hongkong tokyo osaka kyoto yokohama nagoya seoul busan taipei sydney
        melbourne brisbane perth adelaide canberra auckland wellington christchurch toronto montreal montréal vancouver calgary edmonton ottawa winnipeg halifax
        chicago houston phoenix philadelphia dallas austin jacksonville columbus charlotte indianapolis seattle denver boston nashville detroit portland
        memphis louisville baltimore milwaukee albuquerque tucson fresno sacramento atlanta omaha raleigh miami oakland minneapolis tulsa tampa orlando
        cleveland honolulu anaheim pittsburgh cincinnati anchorage henderson greensboro plano newark toledo buffalo brooklyn manhattan queens bronx hollywood
        birmingham manchester liverpool leeds sheffield bristol glasgow edinburgh cardiff belfast leicester nottingham newcastle southampton portsmouth plymouth
        oxford cambridge brighton coventry aberdeen dundee swansea hamburg munich münchen köln cologne frankfurt stuttgart düsseldorf dortmund essen leipzig
        bremen dresden hannover nuremberg nürnberg zürich zurich geneva genève basel bern lausanne salzburg graz linz innsbruck lyon marseille toulouse nice
        nantes strasbourg montpellier bordeaux lille rennes barcelona valencia sevilla seville zaragoza málaga malaga bilbao milan milano naples napoli turin
        torino palermo genoa bologna florence firenze venice venezia verona porto braga coimbra rotterdam utrecht eindhoven groningen antwerp ghent gent bruges
        gothenburg göteborg malmö uppsala aarhus odense aalborg bergen trondheim stavanger tampere turku espoo kraków krakow gdańsk wrocław poznań łódź brno
        debrecen szeged thessaloniki johor penang hokkaido buenos_aires córdoba rosario montevideo santiago lima bogotá bogota medellín cali quito guayaquil
        caracas brasília salvador recife fortaleza curitiba guadalajara monterrey tijuana puebla havana
        new_york los_angeles san_francisco san_diego san_antonio san_jose las_vegas new_orleans salt_lake_city new_zealand new_jersey new_mexico
        new_hampshire north_carolina south_carolina north_dakota south_dakota west_virginia rhode_island south_africa south_korea north_korea sri_lanka
        saudi_arabia united_states united_kingdom united_arab_emirates costa_rica el_salvador puerto_rico hong_kong são_paulo sao_paulo rio_de_janeiro
        mexico_city cape_town tel_aviv kuala_lumpur ho_chi_minh_city st_louis st_petersburg washington_dc fort_worth el_paso kansas_city long_beach
        virginia_beach colorado_springs oklahoma_city british_columbia nova_scotia new_brunswick papua_new_guinea sierra_leone ivory_coast burkina_faso
        czech_republic dominican_republic northern_ireland isle_of_man the_hague den_haag den_bosch abu_dhabi addis_ababa dar_es_salaam new_delhi
        united_states_of_america bosnia_and_herzegovina trinidad_and_tobago antigua_and_barbuda saint_kitts_and_nevis saint_lucia saint_vincent_and_the_grenadines
        são_tomé_and_príncipe sao_tome_and_principe south_georgia_and_the_south_sandwich_islands turks_and_caicos_islands heard_island_and_mcdonald_islands
        svalbard_and_jan_mayen wallis_and_futuna saint_pierre_and_miquelon cape_verde cabo_verde east_timor timor-leste marshall_islands solomon_islands
        cayman_islands falkland_islands faroe_islands cook_islands virgin_islands british_virgin_islands us_virgin_islands u.s._virgin_islands pitcairn_islands
        christmas_island norfolk_island bouvet_island cocos_islands åland_islands aland_islands isle_of_wight netherlands_antilles french_guiana french_polynesia
        new_caledonia american_samoa western_samoa northern_mariana_islands equatorial_guinea central_african_republic democratic_republic_of_the_congo
        republic_of_the_congo western_sahara south_sudan san_marino vatican_city holy_see hong_kong_sar macao_sar sint_maarten saint_martin saint_helena
        saint_barthélemy saint_barthelemy british_indian_ocean_territory french_southern_territories palestinian_territory north_macedonia south_ossetia
        cote_d'ivoire côte_d'ivoire united_arab_emirates_uae kingdom_of_saudi_arabia people's_republic_of_china republic_of_korea russian_federation
        syrian_arab_republic libyan_arab_jamahiriya viet_nam brunei_darussalam great_britain
        """;

    const string States = "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr ab bc mb nb nl ns nt nu on pe qc sk yt nsw vic qld tas";
}
