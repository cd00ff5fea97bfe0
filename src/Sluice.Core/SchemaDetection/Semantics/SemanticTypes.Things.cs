using static Sluice.SchemaDetection.Holds;

namespace Sluice.SchemaDetection;

// What only the column's name can say: measures by their quantity, and things by their kind (the kinds that schema.org names).
static partial class SemanticTypes
{
    static SemanticType[] Measures() =>
    [
        new("year", Integer | Text, 0.75, 0.97, "year|yr|jahr|annee|ano|anno|jaar|baujahr|year built|model year|year founded|release year|founded|established", IsYear, v => Within(v, -5000, 3000), MinShare: 1, NamedShare: 0.95),
        new("month", Text, 0.97, 0.98, "month|monat|mois|mes|mese|maand", v => Vocabulary.Months.Contains(Lower(v).TrimEnd('.'))),
        new("month", Integer, 0, 0.95, "month|monat|mois|mes|mese|maand|mm", v => Within(v, 1, 12), NamedShare: 1),
        new("weekday", Text, 0.97, 0.98, "weekday|day|day of week|dow|wochentag|tag|jour|dia|giorno|dag", v => Vocabulary.Weekdays.Contains(Lower(v).TrimEnd('.'))),
        new("colour", Text, 0.85, 0.95, "color|colour|farbe|couleur|cor|colore|kleur", v => Vocabulary.Colours.Contains(Lower(v)), NamedShare: 0.5),
        new("currency", Text, 0.85, 0.95, "currency|currency name|waehrung|devise|monnaie|moneda|valuta|moeda", v => Listed(v, IsCurrency), MinShare: 0.7, NamedShare: 0.4),
        new("language", Text, 0.9, 0.96, "language|languages|sprache|langue|idioma|lingua|taal|lang|official language", v => Listed(v, Vocabulary.LanguageNames.Contains), NamedShare: 0.4),
        new("population", Number | Text, 0, 0.93, "population|inhabitants|residents|einwohner|bevoelkerung|habitants|poblacion|popolazione|populacao|pop|inwoners", IsNumeric),
        new("amount", Number, 0, 0.9,
            "price|amount|cost|revenue|sales|salary|income|wage|fee|tax|discount|balance|budget|profit|payment|gdp|turnover|value|unit price|total|subtotal|preis|betrag|kosten|umsatz|gehalt|steuer|prix|montant|cout|salaire|" +
            "precio|importe|costo|coste|ingresos|prezzo|importo|fatturato|preco|valor|prijs|bedrag|fare|tip|tolls|charge|earnings|gross|per capita income"),
        new("area", Number | Text, 0, 0.9, "area|surface|surface area|land area|flaeche|superficie|oppervlakte|km2|sq km|sqft|square feet|square miles|acres|hectares", IsNumeric),
        new("elevation", Number | Text, 0, 0.9, "elevation|altitude|height above sea level|hoehe|seehoehe|altura|altitudine|summit elevation|alt|depth|tiefe|profondeur", IsNumeric),
        new("length", Number | Text, 0, 0.88, "height|length|width|distance|size|laenge|breite|groesse|hauteur|largeur|longueur|taille|ancho|largo|altezza|larghezza|lunghezza|km|miles|meters|metres|mileage|displacement", IsNumeric),
        new("weight", Number | Text, 0, 0.9, "weight|mass|gewicht|poids|peso|kg|body mass|masse|lbs", IsNumeric),
        new("temperature", Number, 0, 0.9, "temperature|temp|temp max|temp min|temperatur|temperatura|celsius|fahrenheit"),
        new("speed", Number, 0, 0.88, "speed|velocity|wind|wind speed|geschwindigkeit|vitesse|velocidad|mph|kmh|acceleration"),
        new("duration", Number, 0, 0.85, "duration|elapsed|runtime|running time|running time min|minutes|seconds|hours|dauer|duree|duracion|durata|lead time"),
        new("rating", Number, 0, 0.9, "rating|score|stars|grade|note|bewertung|punteggio|calificacion|imdb rating|rank score|points"),
        new("percentage", Number, 0, 0.88, "percent|percentage|pct|share|rate|ratio|prozent|anteil|pourcentage|porcentaje|percentuale|margin"),
        new("rank", Integer | Text, 0, 0.88, "rank|ranking|rang|place|platz|puesto|posizione|pos", IsOrdinal),
        new("count", Integer, 0, 0.85, "count|quantity|qty|number of|units|anzahl|menge|stueck|nombre de|cantidad|quantita|quantidade|aantal|votes|passengers|employees|number of employees|visits|views|clicks|stock"),
    ];

    static SemanticType[] Things() =>
    [
        new("organisation", Text, 0.8, 0.88,
            "company|organisation|organization|employer|firm|business|corporation|vendor|supplier|manufacturer|publisher|developer|brand|agency|bank|firma|unternehmen|hersteller|lieferant|verlag|entreprise|societe|empresa|azienda|" +
            "fabricante|editeur|bedrijf|institution|airline|distributor|studio|major studio|carrier|operator|sponsor|company name|merchant|maker|label|owner company",
            Names.Organisation, v => v.Any(char.IsLetter), MinShare: 0.4, NamedShare: 0.9),
        Thing("product", "product|item|article|product name|artikel|produkt|produit|producto|prodotto|sku name|goods"),
        Thing("film", "film|movie|movie title|film title|movies|films|pelicula|filme"),
        Thing("book", "book|book title|novel|livre|buch|libro|livro|books"),
        Thing("song", "song|track|song title|track name|single|lied|chanson|cancion|canzone"),
        Thing("album", "album|record|album title"),
        Thing("game", "game|video game|videogame|spiel|jeu|juego|gioco|games"),
        Thing("tv_show", "show|series|tv show|tv series|episode|program|programme|serie"),
        Thing("newspaper", "newspaper|magazine|journal|periodical|zeitung|zeitschrift|periodico|rivista|journal title"),
        Thing("school", "school|university|college|school name|universitaet|schule|universite|ecole|universidad|escuela|universita|scuola|alma mater|education|institution name"),
        Thing("hospital", "hospital|clinic|krankenhaus|klinik|hopital|ospedale"),
        Thing("museum", "museum|gallery|musee|museo|library|bibliothek"),
        Thing("airport", "airport|airport name|flughafen|aeroport|aeropuerto|aeroporto"),
        Thing("building", "building|tower|stadium|arena|bridge|castle|church|hotel|restaurant|gebaeude|turm|kirche|stadion|schloss|batiment|edificio|venue"),
        Thing("mountain", "mountain|peak|summit|volcano|berg|gipfel|montagne|montana|monte|sommet|cerro|mountain range|range"),
        Thing("body_of_water", "lake|river|sea|ocean|see|fluss|lac|riviere|fleuve|lago|rio|fiume|mer|mar|mare|bay|stream"),
        Thing("island", "island|insel|ile|isla|isola|ilha"),
        Thing("neighbourhood", "neighborhood|neighbourhood|borough|zone|pickup zone|quartier|stadtteil|barrio|quartiere|suburb|pickup borough"),
        Thing("team", "team|club|squad|mannschaft|verein|equipe|equipo|squadra|franchise"),
        Thing("political_party", "party|political party|partei|parti|partido|partito"),
        Thing("species", "species|animal|bird|plant|genus|family|breed|scientific name|common name|art|gattung|espece|especie|specie|tree|fish|mammal|insect"),
        Thing("genre", "genre|style|music genre|major genre"),
        Thing("industry", "industry|sector|branche|secteur|sector name|industria|settore"),
        Thing("award", "award|prize|preis name|prix name|premio|medal"),
        Thing("department", "department|dept|division|abteilung|reparto|unit name|business unit"),
        Thing("title", "title|titel|titre|titulo|titolo|headline|subject|betreff|ueberschrift"),
        Thing("description", "description|comment|comments|notes|note|remark|remarks|text|message|review|summary|abstract|beschreibung|bemerkung|kommentar|commentaire|descripcion|comentario|descrizione|opis|content|body"),
        Thing("status", "status|state|stage|phase|condition|zustand|statut|estado|stato|survived|alive"),
        Thing("category", "category|type|class|group|kind|segment|kategorie|typ|art|klasse|categorie|categoria|tipo|tag|tags|label|klass|subcategory"),
    ];

    static SemanticType Thing(string name, string hints) => new(name, Text, 0, 0.75, hints, NamedTest: v => v.Any(char.IsLetter), NamedShare: 0.8);

    // "Indian rupee" and "Swiss francs" are named by their last word.
    static bool IsCurrency(string name) => Vocabulary.CurrencyNames.Contains(name) || Vocabulary.CurrencyNames.Contains(name[(name.LastIndexOf(' ') + 1)..].TrimEnd('s'));

    // Years in use today; other four-digit numbers need the name.
    static bool IsYear(string v) => v.Length == 4 && Formats.Digits(v) && Within(v, 1800, 2100);

    static bool IsNumeric(string v) => v.Length > 0 && v.Count(char.IsAsciiDigit) * 2 >= v.Count(c => !char.IsWhiteSpace(c));

    static bool IsOrdinal(string v) => v.Any(char.IsAsciiDigit) && v.Length <= 6;
}
