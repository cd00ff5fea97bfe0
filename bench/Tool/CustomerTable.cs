using System.Text;

namespace Sluice.Bench;

/// <summary>
/// Customers as a shop exports them, ten columns, about 140 bytes a row: 1 % of the rows are a repetition of an earlier one, 3 % of the cells are
/// empty, some are of a wrong type or far out. The same seed gives the same bytes everywhere, and a longer table begins with the shorter one's rows.
/// </summary>
sealed class CustomerTable(ulong seed)
{
    const int Remembered = 5_000;

    static readonly string[] Categories = ["Books", "Garden", "Electronics", "Toys", "Groceries", "Clothing", "Sports", "Health"];
    static readonly string[] Countries = ["DE", "FR", "US", "GB", "IT", "ES", "NL", "PL", "SE", "JP", "BR", "IN"];
    static readonly string[] First = ["anna", "ben", "clara", "david", "emma", "felix", "greta", "henry", "ida", "jonas", "kira", "leo", "mia", "noah", "olga", "paul"];
    static readonly string[] Last = ["smith", "jones", "mueller", "rossi", "garcia", "dubois", "kowalski", "tanaka", "silva", "patel", "larsen", "novak"];
    static readonly string[] Hosts = ["example.com", "example.org", "mail.example.net", "post.example.eu"];
    static readonly string[] Words =
    [
        "asked", "for", "a", "refund", "of", "the", "last", "order", "because", "parcel", "was", "late", "and", "box", "damaged", "customer", "likes",
        "new", "catalogue", "wants", "to", "be", "called", "in", "morning", "delivery", "address", "changed", "paid", "by", "invoice", "twice", "no",
        "answer", "yet", "sent", "reminder", "gift", "card", "used",
    ];

    ulong state = seed;

    public void Write(string file, int rows)
    {
        using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20) { NewLine = "\n" };
        writer.WriteLine("id,signed_up,amount,category,note,email,phone,age,active,country");
        var earlier = new string[Remembered];
        var written = 0;
        var line = new StringBuilder(256);
        for (var row = 0; row < rows; row++)
        {
            if (row > 100 && Chance(0.01))
            {
                writer.WriteLine(earlier[Next(Math.Min(written, Remembered))]);
                continue;
            }

            line.Clear();
            Append(line, row);
            var text = line.ToString();
            earlier[written++ % Remembered] = text;
            writer.WriteLine(text);
        }
    }

    void Append(StringBuilder line, int row)
    {
        line.Append(row + 1);
        Cell(line, Date);
        Cell(line, Amount);
        Cell(line, l => l.Append(Chance(0.02) ? " " : "").Append(Of(Categories)).Append(Chance(0.02) ? "  " : ""));
        Cell(line, Note);
        Cell(line, Email);
        Cell(line, l => l.Append('+').Append(1 + Next(98)).Append('-').Append(100 + Next(900)).Append('-').Append((1_000_000 + Next(9_000_000))));
        Cell(line, Age);
        Cell(line, l => l.Append(Chance(0.6) ? "true" : "false"));
        Cell(line, l => l.Append(Of(Countries)));
    }

    void Cell(StringBuilder line, Action<StringBuilder> append)
    {
        line.Append(',');
        if (!Chance(0.03))
        {
            append(line);
        }
    }

    void Date(StringBuilder line)
    {
        var (year, month, day) = (2015 + Next(10), 1 + Next(12), 1 + Next(28));
        _ = Chance(0.001)
            ? line.Append("unknown")
            : line.Append(year).Append('-').Append((char)('0' + (month / 10))).Append((char)('0' + (month % 10)))
                .Append('-').Append((char)('0' + (day / 10))).Append((char)('0' + (day % 10)));
    }

    void Amount(StringBuilder line)
    {
        // A skewed price; one in 500 slipped by a factor of a thousand, one in 1,000 is a word.
        var skew = Uniform();
        var cents = 100 + (long)(skew * skew * skew * 20_000) + Next(1_000);
        cents *= Chance(0.002) ? 1_000 : 1;
        _ = Chance(0.001) ? line.Append("n/a") : line.Append(cents / 100).Append('.').Append((char)('0' + (cents / 10 % 10))).Append((char)('0' + (cents % 10)));
    }

    void Age(StringBuilder line)
    {
        var kind = Uniform();
        _ = kind < 0.003 ? line.Append("unknown")
            : kind < 0.005 ? line.Append(20 + Next(50)).Append(" years")
            : kind < 0.008 ? line.Append(900 + Next(99))
            : kind < 0.010 ? line.Append(-1)
            : line.Append(18 + Next(40) + Next(30));
    }

    void Email(StringBuilder line)
    {
        line.Append(Of(First)).Append('.').Append(Of(Last)).Append(Next(100_000));
        line.Append(Chance(0.005) ? " at " : "@").Append(Of(Hosts));
    }

    void Note(StringBuilder line)
    {
        var quoted = Chance(0.1);
        line.Append(quoted ? "\"" : "");
        for (var words = 6 + Next(9); words > 0; words--)
        {
            line.Append(Of(Words)).Append(words == 1 ? "" : quoted && Chance(0.1) ? ", " : " ");
        }

        line.Append(quoted ? "\"" : "");
    }

    string Of(string[] choices) => choices[Next(choices.Length)];

    bool Chance(double share) => Uniform() < share;

    int Next(int below) => (int)(Uniform() * below);

    double Uniform() => (Random() >> 11) * (1.0 / (1UL << 53));

    // SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): no library, no platform changes it.
    ulong Random()
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
