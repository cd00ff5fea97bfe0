namespace Sluice.Privacy.Names;

static partial class Lexicon
{
    // Common given names of many countries, from general knowledge; without those that are everyday words.
    const string GivenNames = """
        james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald steven paul andrew joshua kenneth kevin
        brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory
        alexander frank patrick raymond jack dennis jerry tyler aaron jose adam henry nathan douglas zachary peter kyle walter ethan jeremy harold keith
        christian roger noah gerald carl terry sean austin arthur lawrence jesse dylan bryan joe jordan billy bruce albert willie gabriel logan alan juan wayne
        roy ralph randy eugene vincent russell elijah louis bobby philip johnny bradley clarence fred ernest martin craig stanley shawn travis phillip todd
        dale rodney antonio danny norman alfred francis allen leonard curtis howard leon glenn frederick oscar derek marcus lucas lewis oliver harry charlie
        george alfie freddie theo archie isaac liam mason owen caleb hunter connor adrian colin simon neil graham stuart nigel ian trevor barry gordon
        mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa margaret betty sandra ashley dorothy kimberly emily donna michelle
        carol amanda melissa deborah stephanie rebecca laura sharon cynthia kathleen amy angela shirley anna brenda pamela nicole emma samantha katherine
        christine debra rachel catherine carolyn janet ruth maria heather diane virginia julie joyce victoria olivia kelly christina lauren joan evelyn judith
        megan cheryl andrea hannah martha jacqueline frances gloria ann teresa kathryn sara janice jean alice madison doris abigail julia judy denise beverly
        amber theresa marilyn danielle diana brittany natalie sophia rose isabella alexis kayla charlotte sophie chloe lily ella amelia mia ava isla poppy
        freya evie lucy holly molly ellie phoebe jasmine zoe leah erin claire louise gemma joanne tracey tracy lorraine maureen eileen sheila fiona moira
        elaine wendy hazel paula tina gina tanya tara kirsten bridget monica veronica valerie vanessa yvonne yolanda wanda vivian vera ursula sylvia stella
        rosemary rosa roberta rita regina priscilla phyllis peggy patsy norma nina naomi nadine myra muriel miriam mildred marjorie marion marie marcia lois
        lillian leslie kristen kristin kristina kim kelli kate kathy katie kara josephine jill jenny jeanne jane irene ida hilda helen harriet gwendolyn
        gertrude geraldine florence esther ethel erica edna edith doreen dolores delores dana crystal courtney constance connie clara cindy cecilia caroline
        bonnie bernice beatrice audrey april annie anne anita allison agnes adele abby penelope savannah brooke paige sierra autumn ivy aurora luna nora
        hans klaus jürgen juergen wolfgang heinz horst uwe stefan andreas markus sebastian florian tobias lukas jonas finn maximilian felix niklas jan kai
        sven torsten thorsten dieter gerhard helmut manfred günter gunter rolf ralf bernd frank holger matthias michaela sabine petra monika ursula renate
        heike ute silke anke antje katrin kathrin birgit gisela ingrid helga hannelore elke jutta brigitte angelika claudia susanne nicole stefanie katharina
        johanna lena lea leonie hanna mathilda greta frieda anneliese heidi ulrike
        jean pierre michel andré andre philippe jacques bernard alain marcel rené rene claude gérard gerard christophe laurent olivier nicolas julien
        sébastien sebastien guillaume antoine mathieu matthieu hugo théo clément clement baptiste françois francois yves étienne etienne gilles thierry
        didier pascal eric frédéric frederic jérôme jerome stéphane stephane sylvie nathalie isabelle catherine martine monique françoise francoise
        jacqueline céline celine aurélie aurelie émilie emilie camille manon léa inès chantal véronique veronique valérie sandrine corinne brigitte
        geneviève genevieve hélène helene élodie elodie margaux amélie amelie juliette mathilde
        giuseppe giovanni antonio mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno paolo michele giorgio aldo sergio luciano
        alessandro andrea marco matteo lorenzo davide riccardo federico simone luca stefano fabio roberto massimo enrico giulia chiara francesca federica
        sara martina valentina alessia silvia elisa ilaria paola giovanna angela lucia giuseppina rosa caterina antonella daniela simona elena laura
        manuel josé jesús javier francisco david carlos miguel rafael pedro ángel angel fernando luis pablo jorge alberto álvaro alvaro diego adrián raúl raul
        iván ivan rubén ruben óscar ramón ramon enrique andrés andres vicente santiago joaquín joaquin eduardo víctor victor roberto alejandro gonzalo ignacio
        maría carmen josefa isabel ana dolores pilar teresa rosa francisca laura cristina marta elena lucía lucia mercedes josefina luisa rosario raquel sara
        beatriz rocío rocio silvia patricia concepción montserrat encarnación yolanda irene alba noelia esperanza guadalupe juana alejandra gabriela
        valeria ximena mariana daniela camila sofía sofia joão joao antónio paulo luís luiz fernando rodrigo gustavo marcelo ricardo bruno thiago tiago
        felipe leonardo rafaela juliana fernanda adriana márcia marcia aline bruna letícia leticia larissa beatriz inês
        jan piet kees henk willem johannes cornelis hendrik gerrit dirk jeroen bart sander maarten pieter joost wouter daan sem thijs lars bram anouk
        sanne femke fleur lotte marieke wilma annemarie saskia inge ingeborg marijke
        lars sven erik karl nils anders johan per mikael björn bjorn gustav axel olof magnus henrik fredrik mats ulf leif bengt göran goran håkan hakan
        kjell rune odd geir trond terje ole knut svein morten øyvind oyvind eivind søren soren jens niels mads rasmus kasper jesper mette lene kirsten hanne
        birgitte ingrid astrid sigrid solveig kari liv turid maja elsa ebba wilma alva saga linnea linnéa ulla gunilla birgitta kerstin karin eva
        matti juhani timo kari antti mikko jukka pekka heikki jari markku ville janne aleksi eero tapio anneli marja helena liisa päivi paivi tuula
        ritva pirkko hannele sari minna kaarina
        piotr krzysztof andrzej tomasz paweł pawel michał michal marcin jerzy tadeusz zbigniew stanisław stanislaw grzegorz łukasz lukasz mateusz jakub wojciech
        kamil dariusz mariusz ryszard janusz henryk kazimierz małgorzata malgorzata katarzyna agnieszka barbara ewa krystyna elżbieta elzbieta zofia jadwiga
        danuta irena halina joanna magdalena monika aleksandra karolina paulina dorota bożena bozena urszula
        jiří jiri petr pavel jaroslav martin tomáš tomas zdeněk zdenek václav vaclav miroslav františek frantisek ladislav vladimír vladimir karel milan
        radek ondřej ondrej jana hana věra vera lenka kateřina katerina alena ludmila jitka zdenka petra martina veronika tereza eliška zuzana
        lászló laszlo istván istvan józsef jozsef jános janos zoltán zoltan sándor sandor ferenc gábor gabor attila tibor andrás andras balázs balazs
        csaba györgy gyorgy imre mihály mihaly miklós miklos károly karoly erzsébet erzsebet ilona katalin zsuzsanna éva judit ágnes agnes piroska
        ion andrei alexandru mihai ștefan cristian constantin gheorghe vasile nicolae florin bogdan radu marian elena ioana mihaela andreea gabriela
        ivan dmitri dmitry sergei sergey alexei alexey mikhail vladimir nikolai nikolay andrei andrey pavel oleg igor boris yuri yury viktor konstantin anatoly
        evgeny roman maxim kirill artem denis anton stanislav vadim olga tatiana tatyana natalia natalya irina svetlana ekaterina anastasia yulia galina
        ludmila lyudmila nadezhda valentina larisa ksenia polina daria oksana
        ahmet mehmet mustafa ali hüseyin huseyin hasan ibrahim ismail osman yusuf murat ömer omer emre burak fatma ayşe ayse emine hatice zeynep elif meryem
        mohammed mohamed muhammad ahmed ahmad mahmoud omar khaled khalid hassan hussein abdullah abdul youssef tariq karim samir rashid bilal hamza imran
        salman faisal jamal kareem nasser sami walid zaid ziad fatima aisha khadija maryam layla leila zainab amina nour salma yasmin hana noor rania samira
        rahul amit raj rajesh sanjay vijay ravi suresh ramesh anil sunil ashok manoj deepak vikram arjun rohan rohit aditya nikhil karan arun krishna ganesh
        mukesh dinesh prakash sachin gaurav vivek priya anjali pooja neha sunita anita kavita rekha lakshmi sita radha deepika divya shreya ananya aishwarya
        meera swati nisha ritu shanti usha geeta
        wei fang li ming jing yan hong xin lei ying jun hui hao chen xiaoming mei ling yong qiang jie tao yang na xiu lan
        hiroshi takashi kenji akira satoshi haruto yuto kazuki daiki takumi naoki makoto shinji yuki sakura haruka aiko yoko keiko yumi akiko emi naomi ayumi
        minho jiho seojun jihoon minjun yuna jisoo soyeon hyun
        nguyen thi minh tuan hung thanh linh phuong thao somchai siti nur putri agus budi dewi jose juanito
        kwame kofi kwasi yaw ama akosua adebayo chinedu emeka ngozi chioma oluwaseun amara thabo sipho nomsa themba lerato kagiso chukwuma ifeoma
        avraham moshe yosef yaakov shlomo shmuel noam eitan avi rivka miriam tamar yael noa shira
        aryeh gareth rhys dylan owen carys megan sian bronwen niamh siobhan aoife ciara sinead caoimhe padraig seamus eoin conor declan cormac fergus brendan
        alasdair hamish callum ewan angus malcolm iain morag catriona
        grace mark tom tim sam ben alex nick chris mike dave steve bob rob jim ted ken dan jeff greg josh
        zach luke max robin kurt ernst otto natasha chidi adaeze freja mikkel dragan ivana
        """;
}
