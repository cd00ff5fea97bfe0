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
        uruguay uzbekistan vanuatu vatican venezuela vietnam yemen zambia zimbabwe england scotland wales britain usa uk u.s. u.s.a. u.k. uae america europe asia
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
        """;

    const string States = "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr ab bc mb nb nl ns nt nu on pe qc sk yt nsw vic qld tas";
}
