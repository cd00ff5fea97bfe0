using System.Text;
using System.Text.Json;
using Sluice.Batches;
using Sluice.SchemaDetection;
using Sluice.Steps;

namespace Sluice.Bench.Quality;

/// <summary>
/// Semantic types on web tables whose columns have a DBpedia class (col_class_checked_fg.csv) or property (property/*.csv). The mapping below says which classes and
/// properties of the DBpedia ontology a semantic type means; a class that nothing maps to counts as wrong. Nobody has published figures for rules on it: no best known.
/// </summary>
sealed class SemanticTypes : QualityTask
{
    const int LeastColumns = 3;

    /// <summary>Subclasses of a class in the DBpedia ontology count as the class.</summary>
    static readonly Dictionary<string, string> classes = new()
    {
        ["city"] = "City Town Settlement Village Capital PopulatedPlace Municipality",
        ["country"] = "Country",
        ["country_code"] = "Country",
        ["region"] = "AdministrativeRegion Region Province State Diocese GovernmentalAdministrativeRegion",
        ["continent"] = "Continent",
        ["person_name"] =
            "Person Agent Scientist Monarch Mayor Writer Singer Wrestler BaseballPlayer BasketballPlayer SoccerPlayer AmericanFootballPlayer IceHockeyPlayer TennisPlayer Athlete Saint Cleric Pope Royalty Politician President " +
            "PrimeMinister Governor Senator Congressman Judge OfficeHolder Artist Actor MusicalArtist Painter Comedian Architect Astronaut Economist Engineer Journalist Philosopher Model MilitaryPerson Noble Cyclist Swimmer Boxer Golfer",
        ["given_name"] = "Name GivenName",
        ["family_name"] = "Surname",
        ["organisation"] = "Company Organisation Organization Airline Publisher Bank Agent Non-ProfitOrganisation Brewery RecordLabel GovernmentAgency Broadcaster Employer",
        ["language"] = "Language",
        ["language_code"] = "Language",
        ["currency"] = "Currency",
        ["currency_code"] = "Currency",
        ["film"] = "Film",
        ["book"] = "Book Novel WrittenWork",
        ["song"] = "Song Single MusicalWork",
        ["album"] = "Album",
        ["game"] = "VideoGame Game",
        ["tv_show"] = "TelevisionShow TelevisionEpisode",
        ["newspaper"] = "Newspaper Magazine AcademicJournal PeriodicalLiterature",
        ["school"] = "University School College EducationalInstitution",
        ["hospital"] = "Hospital",
        ["museum"] = "Museum Library",
        ["airport"] = "Airport",
        ["airport_code"] = "Airport",
        ["building"] = "Building ArchitecturalStructure Stadium Hotel Bridge Castle Skyscraper",
        ["mountain"] = "Mountain MountainRange Volcano",
        ["body_of_water"] = "Lake River BodyOfWater Sea Ocean",
        ["island"] = "Island",
        ["team"] = "SportsTeam SoccerClub Team",
        ["political_party"] = "PoliticalParty",
        ["species"] = "Species Animal Bird Plant Mammal Fish Insect Eukaryote Tree Reptile Amphibian",
        ["genre"] = "Genre MusicGenre",
        ["award"] = "Award NobelPrize",
        ["industry"] = "Industry BusinessSector",
        ["religion"] = "Religion",
        ["colour"] = "Colour",
        ["job_title"] = "Profession Occupation",
    };

    /// <summary>What a property of the ontology holds, for those that have a kind of value a semantic type stands for.</summary>
    static readonly Dictionary<string, string> properties = new()
    {
        ["releaseDate"] = "datetime year",
        ["date"] = "datetime year",
        ["birthDate"] = "datetime date_of_birth",
        ["deathDate"] = "datetime",
        ["foundingDate"] = "datetime year",
        ["foundingYear"] = "year datetime",
        ["deathYear"] = "year datetime",
        ["birthYear"] = "year datetime",
        ["year"] = "year datetime",
        ["firstAscentYear"] = "year datetime",
        ["populationTotal"] = "population",
        ["populationMetro"] = "population",
        ["populationDensity"] = "population",
        ["location"] = "city country region address neighbourhood",
        ["city"] = "city",
        ["capital"] = "city",
        ["country"] = "country country_code",
        ["usingCountry"] = "country",
        ["region"] = "region",
        ["subdivision"] = "region",
        ["locatedInArea"] = "region country",
        ["mountainRange"] = "mountain",
        ["elevation"] = "elevation length",
        ["industry"] = "industry",
        ["director"] = "person_name",
        ["author"] = "person_name",
        ["mayor"] = "person_name",
        ["spouse"] = "person_name",
        ["child"] = "person_name",
        ["artist"] = "person_name",
        ["portrayer"] = "person_name",
        ["doctoralAdvisor"] = "person_name",
        ["owner"] = "person_name organisation",
        ["developer"] = "organisation",
        ["publisher"] = "organisation",
        ["almaMater"] = "school",
        ["genre"] = "genre",
        ["language"] = "language",
        ["officialLanguage"] = "language",
        ["religion"] = "religion",
        ["award"] = "award",
        ["currency"] = "currency",
        ["currencyCode"] = "currency_code",
        ["iso31661Code"] = "country_code",
        ["iataLocationIdentifier"] = "airport_code",
        ["iataAirlineCode"] = "airport_code",
        ["areaTotal"] = "area",
        ["area"] = "area",
        ["height"] = "length",
        ["weight"] = "weight",
        ["grossDomesticProduct"] = "amount",
        ["perCapitaIncome"] = "amount",
        ["income"] = "amount",
        ["sales"] = "amount",
        ["numberOfEmployees"] = "count",
        ["genus"] = "species",
        ["family"] = "species",
        ["conservationStatus"] = "status",
        ["type"] = "category",
        ["class"] = "category",
    };

    public override string Area => "tabular";

    public override string Name => "semantic column types";

    public override string Folder => "semtype";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var set in Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Where(d => Directory.Exists(Path.Combine(d, "tables"))))
        {
            var found = Directory.GetFiles(Path.Combine(set, "tables"), "*.json").ToDictionary(f => Path.GetFileNameWithoutExtension(f), Detect);
            foreach (var row in Classes(set, found).Concat(Properties(set, found)))
            {
                yield return row;
            }
        }
    }

    static IEnumerable<QualityRow> Classes(string set, Dictionary<string, string?[]> found)
    {
        var data = Path.GetFileName(set);
        var file = Path.Combine(set, "col_class_checked_fg.csv");
        var gold = !File.Exists(file) ? [] : Lines(file).Where(l => l.Length == 4 && found.ContainsKey(l[0]))
            .Select(l => (Class: l[3][(l[3].LastIndexOf('/') + 1)..], Said: At(found[l[0]], int.Parse(l[1])))).ToList();
        if (gold.Count == 0)
        {
            yield break;
        }

        var judged = gold.Select(g => (g.Class, g.Said, Right: g.Said is not null && classes.GetValueOrDefault(g.Said, "").Split(' ').Contains(g.Class))).ToList();
        var said = judged.Count(j => j.Said is not null && classes.ContainsKey(j.Said));
        yield return new QualityRow(data, "accuracy, classes", (double)judged.Count(j => j.Right) / judged.Count, null, $"{judged.Count(j => j.Right)} of {judged.Count} columns that have a DBpedia class");
        yield return new QualityRow(data, "precision, classes", said == 0 ? 0 : (double)judged.Count(j => j.Right) / said, null, $"of {said} columns where a type with a class was said");
        foreach (var group in judged.GroupBy(j => j.Class).Where(g => g.Count() >= LeastColumns).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            var wrong = group.Where(j => !j.Right).GroupBy(j => j.Said ?? "nothing").OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}");
            yield return new QualityRow(data, group.Key, (double)group.Count(j => j.Right) / group.Count(), null, $"{group.Count(j => j.Right)} of {group.Count()}; else {string.Join(", ", wrong)}");
        }
    }

    static IEnumerable<QualityRow> Properties(string set, Dictionary<string, string?[]> found)
    {
        var folder = Path.Combine(set, "property");
        var gold = !Directory.Exists(folder) ? [] : Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal)
            .SelectMany(f => Lines(f).Where(l => l.Length == 4 && found.ContainsKey(Path.GetFileNameWithoutExtension(f)))
                .Select(l => (Property: l[0][(l[0].LastIndexOf('/') + 1)..], Said: At(found[Path.GetFileNameWithoutExtension(f)], int.Parse(l[3]))))).ToList();
        var mapped = gold.Where(g => properties.ContainsKey(g.Property)).Select(g => (g.Property, g.Said, Right: g.Said is not null && properties[g.Property].Split(' ').Contains(g.Said))).ToList();
        if (mapped.Count > 0)
        {
            yield return new QualityRow(Path.GetFileName(set), "accuracy, properties", (double)mapped.Count(m => m.Right) / mapped.Count, null,
                $"{mapped.Count(m => m.Right)} of {mapped.Count} columns whose property has a kind of value");
        }
    }

    static string? At(string?[] types, int column) => column < types.Length ? types[column] : null;

    /// <summary>Semantic type of each column, or datetime.</summary>
    static string?[] Detect(string file)
    {
        using var json = JsonDocument.Parse(Text(file));
        var columns = json.RootElement.GetProperty("relation").EnumerateArray().Select(c => c.EnumerateArray().Select(v => v.GetString() ?? "").ToArray()).ToArray();
        var names = new HashSet<string>();
        var fields = columns.Select(c => new Field(Unique(c.FirstOrDefault() ?? "", names), ColumnType.Text)).ToArray();
        var rows = columns.Length == 0 ? 0 : columns[0].Length - 1;
        var batch = new Batch(new Schema(fields), columns.Select(c => (Column)TextColumn.Of([.. c.Skip(1)])), rows);
        var step = new SchemaDetectionStep(new() { RelatedColumns = 0 });
        var state = step.NewState(batch.Schema)!;
        step.Observe(batch, state);
        var schema = new Fitted(step.Fit(state, null)).As<DetectedSchema>();
        return [.. schema.Evidence.Zip(schema.Columns, (evidence, column) => evidence.SemanticType is { } type && type is not ("identifier" or "code" or "constant") ? type : column.Type == "datetime" ? "datetime" : null)];
    }

    static string Unique(string name, HashSet<string> names)
    {
        var unique = name;
        for (var i = 2; !names.Add(unique); i++)
        {
            unique = $"{name} {i}";
        }

        return unique;
    }

    // The set mixes encodings.
    static string Text(string file)
    {
        var bytes = File.ReadAllBytes(file);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    static IEnumerable<string[]> Lines(string file) => Text(file).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Trim('"').Split("\",\""));
}
