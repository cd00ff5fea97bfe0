using System.Text;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>The different rows of answers with their copies: annotators, then the gold label, then a model's chances.</summary>
sealed class AnswerState(int maxRows, int maxClasses) : LabelSample(maxRows, maxClasses)
{
    public void Observe(Batch batch, IReadOnlyList<string> texts, IReadOnlyList<string> chances)
    {
        var cells = new List<ulong[]>();
        foreach (var name in texts)
        {
            var labels = LabelTexts.Of(batch, name);
            Labels.Add(labels);
            cells.Add(LabelTexts.Cells(labels));
        }

        cells.AddRange(chances.Select(name => RowSample.Bits(Numbers.Of(batch[name]))));
        Sample.Add([.. texts, .. chances], cells, batch.Rows);
    }

    /// <param name="classes">Labels by number; other answers are none.</param>
    /// <param name="annotators">Columns of answers.</param>
    /// <param name="hasGold">Whether the column after them is the gold label.</param>
    public (Annotations Answers, int[] Gold, float[] Chances) Answers(IReadOnlyList<string> classes, int annotators, bool hasGold)
    {
        var codes = classes.Select((name, i) => (Cell: RowHash.Bytes(Encoding.UTF8.GetBytes(name)), i)).ToDictionary(n => n.Cell, n => n.i);
        var rows = Sample.Rows();
        var (answers, from) = (new int[rows.Count * annotators], annotators + (hasGold ? 1 : 0));
        for (var at = 0; at < answers.Length; at++)
        {
            answers[at] = codes.GetValueOrDefault(rows[at / annotators].Cells[at % annotators], -1);
        }

        int[] gold = [.. rows.Select(r => hasGold ? codes.GetValueOrDefault(r.Cells[annotators], -1) : -1)];
        float[] chances = [.. rows.SelectMany(r => r.Cells.Skip(from).Select(cell => (float)BitConverter.UInt64BitsToDouble(cell)))];
        return (new Annotations(answers, annotators, classes.Count, [.. rows.Select(r => (double)r.Count)]), gold, Usable(chances, Sample.Columns.Count - from));
    }

    /// <summary>A row of chances that are none (missing, outside of 0 to 1) says nothing: all are equal.</summary>
    public static float[] Usable(float[] chances, int classes)
    {
        for (var from = 0; classes > 0 && from < chances.Length; from += classes)
        {
            var row = chances.AsSpan(from, classes);
            foreach (var chance in row)
            {
                if (!(chance >= 0 && chance <= 1))
                {
                    row.Fill(1f / classes);
                    break;
                }
            }
        }

        return chances;
    }
}
