using System.Text;
using System.Text.Json;
using Sluice.Privacy;

namespace Sluice.Bench.Quality;

/// <summary>
/// Personal data in sentences, as presidio-research scores it (SpanEvaluator, all kinds together): words that say nothing are left out at the
/// ends of spans, spans with only such words between are one, and a span is found when its overlap with a true one is at least 0.9 of their union.
/// </summary>
sealed class PiiSpans : QualityTask
{
    const double LeastOverlap = 0.9, Beta = 2;

    // The words that presidio-research leaves out, and English stop words.
    static readonly HashSet<string> skipped =
    [
        .. """
        's street st. st de rue via and a the or do as of day address country state city zip po apt unit corner p.o. box suite mr. mr mrs. mrs miss year years y/o month months old
        morning noon afternoon night evening this first last week weeks weekend days age ago inc inc. ltd about above across after afterwards again against all almost alone along
        already also although always am among amongst amount an another any anyhow anyone anything anyway anywhere are around at back be became because become becomes been before
        beforehand behind being below beside besides between beyond both bottom but by call can cannot ca could did does doing done down due during each eight either eleven else
        elsewhere empty enough even ever every everyone everything everywhere except few fifteen fifty five for former formerly forty four from front full further get give go had
        has have he hence her here hereafter hereby herein hereupon hers herself him himself his how however hundred i if in indeed into is it its itself keep just latter latterly
        least less made make many may me meanwhile might mine more moreover most mostly move much must my myself name namely neither never nevertheless next nine no nobody none
        noone nor not nothing now nowhere off often on once one only onto other others otherwise our ours ourselves out over own part per perhaps please put quite rather re really
        regarding same say see seem seemed seems serious several she should show side since six sixty so some somehow someone something sometime sometimes somewhere still such take
        ten than that their them themselves then thence there thereafter thereby therefore therein thereupon these they third those though three through throughout thru thus to
        together too top toward towards twelve twenty two under until up unless upon us used using various very was we well were what whatever when whence whenever where whereafter
        whereas whereby wherein whereupon wherever whether which while whither who whoever whole whom whose why will with within without would yet you your yours yourself yourselves
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
    ];

    public override string Area => "tabular";

    public override string Name => "PII spans";

    public override string Folder => "pii";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() == 0 || !document.RootElement[0].TryGetProperty("spans", out _))
            {
                continue;
            }

            var name = Path.GetFileNameWithoutExtension(file);
            var (found, predicted, annotated) = (0, 0, 0);
            var recall = new SortedDictionary<string, (int Found, int All)>(StringComparer.Ordinal);
            foreach (var sample in document.RootElement.EnumerateArray())
            {
                var (f, p, a) = Score(sample, recall);
                (found, predicted, annotated) = (found + f, predicted + p, annotated + a);
            }

            var (precision, recalled) = ((double)found / Math.Max(1, predicted), (double)found / Math.Max(1, annotated));
            var f2 = precision + recalled == 0 ? 0 : (1 + (Beta * Beta)) * precision * recalled / ((Beta * Beta * precision) + recalled);
            var kinds = string.Join(", ", recall.Select(kind => $"{kind.Key} {kind.Value.Found}/{kind.Value.All}"));
            yield return new QualityRow(name, "precision", precision, 0.870, "Presidio tuned; vanilla .685");
            yield return new QualityRow(name, "recall", recalled, 0.839, "Presidio tuned; vanilla .603. Half of the bytes found, by kind: " + kinds);
            yield return new QualityRow(name, "F2", f2, 0.845, "Presidio tuned; vanilla .618");
        }
    }

    static (int Found, int Predicted, int Annotated) Score(JsonElement sample, SortedDictionary<string, (int Found, int All)> recall)
    {
        var text = sample.GetProperty("full_text").GetString()!;
        var bytes = Encoding.UTF8.GetBytes(text);
        var spans = new List<PiiSpan>();
        new PiiScanner(PiiScope.Default).Scan(bytes, ColumnContext.None, spans);
        var predicted = new bool[text.Length];
        foreach (var span in spans)
        {
            predicted.AsSpan(Encoding.UTF8.GetCharCount(bytes.AsSpan(0, span.Start)), Encoding.UTF8.GetCharCount(bytes.AsSpan(span.Start, span.Length))).Fill(true);
        }

        var annotated = new bool[text.Length];
        foreach (var span in sample.GetProperty("spans").EnumerateArray())
        {
            var (start, end) = (span.GetProperty("start_position").GetInt32(), span.GetProperty("end_position").GetInt32());
            annotated.AsSpan(start, end - start).Fill(true);
            var kind = span.GetProperty("entity_type").GetString()!;
            var (found, all) = recall.GetValueOrDefault(kind);
            recall[kind] = (found + (predicted.AsSpan(start, end - start).Count(true) * 2 >= end - start ? 1 : 0), all + 1);
        }

        var tokens = Tokens(text);
        var (truth, guess) = (Spans(text, tokens, annotated), Spans(text, tokens, predicted));
        var free = new HashSet<(int, int)>(guess);
        var hits = 0;
        foreach (var (start, end) in truth)
        {
            var best = free.Select(g => (Span: g, Overlap: Overlap((start, end), g))).OrderByDescending(g => g.Overlap).FirstOrDefault();
            if (best.Overlap >= LeastOverlap)
            {
                free.Remove(best.Span);
                hits++;
            }
        }

        return (hits, guess.Count, truth.Count);
    }

    static double Overlap((int Start, int End) left, (int Start, int End) right) =>
        Math.Max(0.0, Math.Min(left.End, right.End) - Math.Max(left.Start, right.Start)) / (Math.Max(left.End, right.End) - Math.Min(left.Start, right.Start));

    // Words, and each other character that is no space, as a tokeniser cuts them.
    static List<(int Start, int End)> Tokens(string text)
    {
        var tokens = new List<(int, int)>();
        for (var i = 0; i < text.Length;)
        {
            var start = i++;
            if (char.IsLetterOrDigit(text[start]))
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || (text[i] is '.' or '@' or '\'' or '_' && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1]))))
                {
                    i++;
                }
            }

            if (!char.IsWhiteSpace(text[start]))
            {
                tokens.Add((start, i));
            }
        }

        return tokens;
    }

    static bool Says(string text, (int Start, int End) token) =>
        text[token.Start..token.End] is var word && word.Any(char.IsLetterOrDigit) && !skipped.Contains(word.ToLowerInvariant());

    static List<(int Start, int End)> Spans(string text, List<(int Start, int End)> tokens, bool[] marked)
    {
        var spans = new List<(int Start, int End)>();
        var joined = false;
        foreach (var token in tokens.Where(token => Says(text, token)))
        {
            var isMarked = Array.IndexOf(marked, true, token.Start, token.End - token.Start) >= 0;
            if (isMarked && joined)
            {
                spans[^1] = (spans[^1].Start, token.End);
            }
            else if (isMarked)
            {
                spans.Add((token.Start, token.End));
            }

            joined = isMarked;
        }

        return spans;
    }
}
