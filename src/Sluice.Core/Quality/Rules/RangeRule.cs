using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Numbers between two limits; text that is a number counts as one.</summary>
sealed class RangeRule(BusinessRule rule) : RowRule(rule)
{
    readonly double min = rule.Min ?? double.NegativeInfinity, max = rule.Max ?? double.PositiveInfinity;

    protected override string Reason => "out_of_range";

    protected override long Judge(Batch batch, Action<int> fails)
    {
        var column = batch[Rule.Column!];
        long judged = 0;
        if (column is TextColumn text)
        {
            for (var row = 0; row < text.Rows; row++)
            {
                if (!text.IsNull(row) && ValueParser.TryFloat64Lenient(text[row], (byte)',', out var number))
                {
                    judged++;
                    if (number < min || number > max)
                    {
                        fails(row);
                    }
                }
            }

            return judged;
        }

        var numbers = Numbers.Of(column);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (!double.IsNaN(numbers[row]))
            {
                judged++;
                if (numbers[row] < min || numbers[row] > max)
                {
                    fails(row);
                }
            }
        }

        return judged;
    }
}
