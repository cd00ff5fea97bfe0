namespace Sluice.Privacy.Names;

static partial class Lexicon
{
    // Common surnames of many countries, from general knowledge; without those that are everyday words.
    const string Surnames = """
        smith johnson williams jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor moore jackson martin
        perez thompson harris sanchez clark ramirez lewis robinson walker allen wright torres nguyen flores adams nelson
        baker rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy rogers
        gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim ward cox richardson watson brooks chavez wood bennett gray mendoza ruiz
        hughes price alvarez castillo sanders patel myers ross foster jimenez powell jenkins perry russell sullivan bell coleman butler henderson
        barnes gonzales fisher vasquez simmons romero jordan patterson alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera
        gibson ellis tran medina aguilar stevens murray ford castro marshall owens harrison fernandez mcdonald woods washington kennedy wells vargas henry chen
        freeman webb tucker guzman burns crawford olson simpson porter hunter gordon mendez silva shaw snyder mason dixon munoz hunt hicks holmes palmer wagner
        robertson boyd stone salazar fox warren mills meyer schmidt garza daniels ferguson nichols stephens soto weaver gardner payne grant
        dunn kelley spencer hawkins arnold pierce vazquez hansen peters santos hart bradley knight elliott cunningham duncan armstrong hudson carroll lane riley
        andrews alvarado ray delgado berry perkins hoffman johnston matthews pena richards contreras willis carpenter lawrence sandoval guerrero
        chapman rios estrada ortega watkins greene nunez wheeler valdez harper burke larson maldonado morrison franklin carlson dominguez
        carr lawson jacobs obrien o'brien lynch singh vega bishop montgomery oliver jensen harvey williamson gilbert sims espinoza howell wong reid hanson
        mccoy garrett burton fuller weber welch rojas lucas marquez fields little banks padilla walsh bowman schultz luna fowler mejia
        o'connor o'neill o'sullivan macdonald mckenzie macleod mcgregor davies clarke hall hill cook scott king bates barrett
        müller mueller schneider fischer becker schulz schäfer schaefer koch bauer richter klein schröder schroeder neumann schwarz zimmermann braun
        krüger krueger hofmann hartmann lange schmitt krause lehmann köhler koehler herrmann könig koenig walter huber kaiser fuchs scholz möller moeller weiß
        jung hahn schubert vogel friedrich keller günther frank berger winkler roth beck lorenz baumann albrecht böhm winter kraus schumacher krämer
        vogt stein jäger otto sommer groß seidel heinrich brandt haas schreiber graf schulte dietrich ziegler kuhn pohl engel horn busch bergmann
        bernard dubois durand moreau lefebvre leroy roux bertrand morel fournier girard bonnet dupont lambert fontaine rousseau
        blanc guerin muller faure mercier legrand garnier chevalier francois robin masson sanchez boyer gauthier perrin morin clement dumont lopez lemaire
        rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa giordano mancini rizzo lombardi moretti barbieri
        fontana santoro mariani rinaldi caruso ferrara galli martini leone longo gentile martinelli vitale lombardo serra coppola
        garcía gonzález rodríguez fernández lópez martínez sánchez pérez gómez martín jiménez ruiz hernández díaz moreno álvarez muñoz alonso gutiérrez navarro
        domínguez vázquez serrano molina suarez suárez ortega castro rubio marín iglesias nuñez núñez cortés garrido santana lozano cano cabrera prieto
        ferreira oliveira souza pereira lima carvalho almeida ribeiro alves araujo barbosa rocha dias monteiro cardoso teixeira nascimento moreira nunes mendes
        sousa fernandes gonçalves goncalves lopes marques pinto correia
        jansen bakker visser smit meijer mulder bos vos peters hendriks dekker brouwer dijkstra vermeulen vandenberg hoekstra kuipers kuiper veenstra kramer
        peeters janssens maes jacobs mertens willems claes goossens wouters
        hansen johansen olsen larsen andersen pedersen nilsen kristiansen jensen karlsen johnsen pettersen eriksen berg haugen hagen
        nielsen christensen rasmussen jørgensen jorgensen madsen petersen poulsen thomsen mortensen
        johansson andersson karlsson nilsson eriksson larsson olsson persson svensson gustafsson pettersson jonsson jansson hansson bengtsson lindberg
        jakobsson magnusson lindström lindstrom lindqvist lindgren axelsson berglund bergström bergstrom lundberg lundgren mattsson holm sandberg
        korhonen virtanen mäkinen makinen nieminen mäkelä hämäläinen laine heikkinen koskinen järvinen lehtonen salminen
        nowak kowalski wiśniewski wisniewski wójcik kowalczyk kamiński kaminski lewandowski zieliński zielinski szymański woźniak dąbrowski kozłowski
        novák novak svoboda novotný dvořák dvorak černý procházka kučera veselý horák němec horvath horváth nagy kovács kovacs tóth szabó szabo varga kiss
        molnár németh farkas balogh papp takács juhász lakatos
        ivanov ivanova smirnov kuznetsov popov vasiliev petrov petrova sokolov mikhailov novikov fedorov morozov volkov alekseev lebedev semenov egorov pavlov
        kozlov stepanov nikolaev orlov makarov andreev kovalenko shevchenko bondarenko tkachenko popescu ionescu popa dumitru stan stoica
        yılmaz yilmaz kaya demir çelik celik şahin sahin yıldız yildiz öztürk ozturk aydın özdemir arslan doğan kılıç
        khan ali hussain hussein ahmed malik sheikh chaudhry rahman islam hossain begum akhtar hassan ibrahim mahmoud
        sharma kumar gupta verma reddy nair iyer rao mehta shah joshi desai mishra pandey agarwal chatterjee mukherjee banerjee das bose ghosh sinha yadav
        wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang xiao cheng
        sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu saito
        park choi jung kang cho yoon jang lim pham hoang phan vu dang bui ngo duong
        okafor okonkwo adeyemi balogun eze mensah owusu boateng asante nkosi dlamini ndlovu zulu khumalo mokoena moyo banda phiri kamau otieno
        cohen levy mizrahi peretz katz friedman goldberg rosenberg
        """;
}
