using System.Text;
using Sluice.Privacy.Names;

namespace Sluice.Bench;

/// <summary>
/// Learns the weights of the model of names: softmax over the features of <see cref="NameContext"/>, AdaGrad, averaged. Text is annotated open text
/// (CoNLL, a word and its tag a line) and the sentences of bench/names; names in it are replaced and letters made small, so that the model learns
/// what stands around names and not names. Seeded: the same text gives the same bytes.
/// </summary>
static class NameTraining
{
    const int Epochs = 12;
    const float Rate = 0.1f;
    const double Kept = 0.6;

    sealed record Token(string Text, NameTag Tag, bool Begins);

    public static void Run(string folder, string sentences, string output)
    {
        var random = new Random(17);
        var texts = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).SelectMany(ReadConll).ToList();
        var own = File.ReadAllLines(sentences).Where(line => line.Length > 0).ToList();
        var kept = texts.Where((_, i) => i % 10 == 9).ToList();
        texts = [.. texts.Where((_, i) => i % 10 != 9)];
        var made = new MadeUpNames(random);
        var (weights, squares, totals) = (new float[NameModel.Buckets * NameModel.Classes], new float[NameModel.Buckets * NameModel.Classes], new double[NameModel.Buckets * NameModel.Classes]);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var all = texts.Select(text => Varied(text, made, random)).Concat(Enumerable.Range(0, 20).SelectMany(_ => own.Select(line => made.Fill(line)))).ToArray();
            random.Shuffle(all);
            var loss = 0.0;
            foreach (var tokens in all.Select(t => t.Select(p => new Token(p.Text, p.Tag, p.Begins)).ToList()))
            {
                loss += Learn(tokens, weights, squares, epoch > 0, random);
            }

            for (var i = 0; i < weights.Length && epoch >= Epochs / 2; i++)
            {
                totals[i] += weights[i];
            }

            Console.Error.WriteLine($"epoch {epoch + 1}: loss {loss / all.Length:F3}");
        }

        var mean = totals.Select(total => (float)(Kept * total / (Epochs - (Epochs / 2)))).ToArray();
        File.WriteAllBytes(output, [.. mean.Select(weight => (byte)(sbyte)Math.Clamp(Math.Round(weight / NameModel.Unit), -127, 127))]);
        Report(kept, mean);
    }

    static IEnumerable<List<(string Text, NameTag Tag, bool Begins)>> ReadConll(string file)
    {
        var sentence = new List<(string, NameTag, bool)>();
        var before = "O";
        foreach (var line in File.ReadLines(file).Append(""))
        {
            var parts = line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2)
            {
                if (sentence.Count > 0)
                {
                    yield return sentence;
                }

                (sentence, before) = ([], "O");
                continue;
            }

            var tag = parts[^1];
            sentence.Add((parts[0], TagOf(tag), tag.StartsWith("B-", StringComparison.Ordinal) || !before.EndsWith(tag[1..], StringComparison.Ordinal)));
            before = tag;
        }
    }

    static NameTag TagOf(string tag) => tag[(tag.IndexOf('-', StringComparison.Ordinal) + 1)..].ToUpperInvariant() switch
    {
        "PER" or "PERSON" => NameTag.Person,
        "LOC" or "LOCATION" => NameTag.Location,
        "ORG" or "CORPORATION" or "GROUP" => NameTag.Organization,
        _ => NameTag.None,
    };

    // As it is, with other names, in small letters, or only what it names.
    static List<(string Text, NameTag Tag, bool Begins)> Varied(List<(string Text, NameTag Tag, bool Begins)> text, MadeUpNames made, Random random)
    {
        var choice = random.NextDouble();
        if (choice < 0.45)
        {
            return text;
        }

        var changed = choice < 0.6 ? text : made.Rename(text);
        if (choice > 0.95)
        {
            var from = changed.FindIndex(t => t.Tag != NameTag.None);
            return from < 0 ? changed : [.. changed.Skip(from).TakeWhile((t, i) => t.Tag != NameTag.None && (i == 0 || !t.Begins))];
        }

        return choice is < 0.6 or > 0.85 ? [.. changed.Select(t => (t.Text.ToLowerInvariant(), t.Tag, t.Begins))] : changed;
    }

    static double Learn(List<Token> tokens, float[] weights, float[] squares, bool own, Random random)
    {
        var (context, gold) = Prepare(tokens);
        Span<int> all = stackalloc int[NameContext.FeatureCount];
        Span<int> features = stackalloc int[NameContext.FeatureCount];
        Span<double> scores = stackalloc double[NameModel.Classes];
        var loss = 0.0;
        for (var i = 0; i < context.Words.Count; i++)
        {
            context.Tags[i] = gold[i];
            if (!context.IsCandidate(i) || IsHandle(tokens, context, i))
            {
                context.Tags[i] = NameTag.None;
                continue;
            }

            // A part of what can be seen is left out each time, so that no rare thing is relied on.
            context.Features(i, all);
            var used = 0;
            foreach (var feature in all)
            {
                features[used] = feature;
                used += random.NextDouble() < Kept ? 1 : 0;
            }

            var best = Score(features[..used], weights, scores);
            loss -= Math.Log(Math.Max(1e-9, scores[(int)gold[i]]));
            for (var c = 0; c < NameModel.Classes; c++)
            {
                var gradient = (float)(scores[c] - ((int)gold[i] == c ? 1 : 0));
                foreach (var feature in features[..used])
                {
                    var at = (feature * NameModel.Classes) + c;
                    squares[at] += gradient * gradient;
                    weights[at] -= Rate * gradient / MathF.Sqrt(1 + squares[at]);
                }
            }

            // Later words see what the model would have said, mistakes and all.
            context.Tags[i] = own && random.NextDouble() < 0.7 ? (NameTag)best : gold[i];
        }

        return loss;
    }

    // Names of accounts after an @ are another thing.
    static bool IsHandle(List<Token> tokens, NameContext context, int i) => context.Words[i].Before == Gap.Break && tokens.Exists(token => token.Text == "@");

    static int Score(ReadOnlySpan<int> features, float[] weights, Span<double> scores)
    {
        scores.Clear();
        foreach (var feature in features)
        {
            for (var c = 0; c < NameModel.Classes; c++)
            {
                scores[c] += weights[(feature * NameModel.Classes) + c];
            }
        }

        var (best, sum, top) = (0, 0.0, Math.Max(Math.Max(scores[0], scores[1]), Math.Max(scores[2], scores[3])));
        for (var c = 0; c < NameModel.Classes; c++)
        {
            best = scores[c] > scores[best] ? c : best;
            sum += scores[c] = Math.Exp(scores[c] - top);
        }

        for (var c = 0; c < NameModel.Classes; c++)
        {
            scores[c] /= sum;
        }

        return best;
    }

    // The text as people write it, and the tag of each of its words.
    static (NameContext Context, NameTag[] Gold) Prepare(List<Token> tokens)
    {
        var text = new StringBuilder();
        var tagOfByte = new List<NameTag>();
        for (var t = 0; t < tokens.Count; t++)
        {
            var (token, tag, _) = tokens[t];
            var tight = text.Length == 0 || token[0] is '.' or ',' or '!' or '?' or ';' or ':' or ')' or '\'' or '%' or '\n' or '’' || token == "n't" || text[^1] is '(' or '@' or '#' or '$' or '\n';
            var before = tight ? "" : " ";
            text.Append(before).Append(token);
            tagOfByte.AddRange(Enumerable.Repeat(NameTag.None, before.Length));
            tagOfByte.AddRange(Enumerable.Repeat(tag, Encoding.UTF8.GetByteCount(token)));
        }

        var context = new NameContext();
        context.Read(Encoding.UTF8.GetBytes(text.ToString()));
        return (context, [.. context.Words.Select(word => tagOfByte[word.Start])]);
    }

    // Precision, recall and their mean for how much a name is preferred to none: names that stay unseen cost more than a word too many.
    static void Report(List<List<(string Text, NameTag Tag, bool Begins)>> kept, float[] weights)
    {
        Span<int> features = stackalloc int[NameContext.FeatureCount];
        Span<double> scores = stackalloc double[NameModel.Classes];
        for (var prior = 0.0; prior < 2.6; prior += 0.25)
        {
            var (right, said, all, kind) = (0, 0, 0, 0);
            var byKind = new (int Right, int Said)[NameModel.Classes];
            foreach (var text in kept)
            {
                var (context, gold) = Prepare([.. text.Select(t => new Token(t.Text, t.Tag, t.Begins))]);
                for (var i = 0; i < gold.Length; i++)
                {
                    if (context.IsCandidate(i))
                    {
                        context.Features(i, features);
                        var best = Score(features, weights, scores);
                        context.Tags[i] = scores[0] < 1 / (1 + Math.Exp(-prior)) ? (NameTag)(best > 0 ? best : 1 + scores[1..].IndexOf(Math.Max(scores[1], Math.Max(scores[2], scores[3])))) : NameTag.None;
                    }

                    byKind[(int)context.Tags[i]].Said++;
                    byKind[(int)context.Tags[i]].Right += gold[i] != NameTag.None ? 1 : 0;
                    said += context.Tags[i] != NameTag.None ? 1 : 0;
                    all += gold[i] != NameTag.None ? 1 : 0;
                    right += context.Tags[i] != NameTag.None && gold[i] != NameTag.None ? 1 : 0;
                    kind += context.Tags[i] != NameTag.None && gold[i] == context.Tags[i] ? 1 : 0;
                }
            }

            var (precision, recall) = ((double)right / said, (double)right / all);
            Console.Error.WriteLine($"prior {prior:F2}: precision {precision:F3}, recall {recall:F3}, F2 {5 * precision * recall / ((4 * precision) + recall):F3}, kind right {(double)kind / right:F3}, "
                + $"precision by kind: {string.Join(", ", byKind.Skip(1).Select((k, i) => $"{(NameTag)(i + 1)} {(double)k.Right / k.Said:F3} of {k.Said}"))}");
        }
    }
}
