using System.Text;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>The vectorised reader against a plain one, character by character.</summary>
public sealed class CsvTokenizerTests
{
    [Fact]
    public async Task Random_files_are_read_as_a_plain_reader_reads_them()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 400; round++)
        {
            var columns = random.Next(1, 5);
            var text = RandomText(random, random.Next(0, 400));
            folder.Put("a.csv", string.Join(',', Enumerable.Range(0, columns).Select(i => $"c{i}")) + "\n" + text);
            var options = new CsvSource.Options { FilePath = "a.csv", Delimiter = ",", Quote = "\"", Escape = "none", Trim = false, Header = "true", NullValues = [] };
            var (rows, rejected, unclosed) = Plain(text, columns);
            var target = random.Next(1, 200);
            try
            {
                var found = await new CsvSource(options).ReadAllAsync(folder.Inputs(), SourceReading.Cut(target));
                if (found.Batch.Schema.Count == columns)
                {
                    Assert.Equal(rows, found.Rows);
                    Assert.Equal(rejected, found.Rejected.Count);
                    Assert.False(unclosed);
                }
            }
            catch (SourceException failed) when (unclosed && failed.Message.Contains("never closed", StringComparison.Ordinal))
            {
                // A plain reader cannot tell such a file either.
            }
            catch (Exception failed)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}, target {target}, columns {columns}: {text.Replace("\n", "\\n").Replace("\r", "\\r")}", failed);
            }
        }
    }

    // Values are letters only, so that they stay text and are shown as they are.
    static string RandomText(Random random, int length)
    {
        const string Alphabet = "\"\"\",,,\n\n\r\rabcde  ";
        var text = new StringBuilder();
        for (var i = 0; i < length; i++)
        {
            var kind = random.Next(8);
            text.Append(kind switch
            {
                0 => "\"x,\"\"\r\ny\"",
                1 => "\r\n",
                2 => new string('a', random.Next(0, 90)),
                3 => "\"" + new string('b', random.Next(0, 70)) + "\"",
                4 or 5 => ",",
                _ => Alphabet[random.Next(Alphabet.Length)].ToString(),
            });
        }

        return text.ToString();
    }

    static (List<string> Rows, int Rejected, bool Unclosed) Plain(string text, int columns)
    {
        var rows = new List<string>();
        var row = new List<string>();
        var field = new StringBuilder();
        var (rejected, atStart, inQuotes, wasQuoted) = (0, true, false, false);
        var begun = false;
        var newLine = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            begun = true;
            if (inQuotes)
            {
                if (c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    inQuotes = false;
                }
                else
                {
                    newLine |= c is '\n' or '\r';
                    field.Append(c);
                }
            }
            else if (c == '"' && atStart)
            {
                inQuotes = wasQuoted = true;
                newLine = false;
                atStart = false;
            }
            else if (c == ',')
            {
                row.Add(field.ToString());
                field.Clear();
                atStart = true;
            }
            else if (c is '\n' or '\r')
            {
                i += c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                EndRow();
            }
            else
            {
                field.Append(c);
                atStart = false;
            }
        }

        // A quote open at the end rejects the record, or, over several lines, the file.
        if (inQuotes)
        {
            rejected++;
        }
        else if (begun)
        {
            EndRow();
        }

        return (rows, rejected, inQuotes && newLine);

        void EndRow()
        {
            row.Add(field.ToString());
            if (row.Count == columns && (row.Count > 1 || row[0].Length > 0 || wasQuoted))
            {
                rows.Add(string.Join('|', row.Select(f => f.Length == 0 ? "∅" : f)));
            }
            else if (row.Count > 1 || row[0].Length > 0 || wasQuoted)
            {
                rejected++;
            }

            row.Clear();
            field.Clear();
            atStart = true;
            wasQuoted = begun = false;
        }
    }
}
