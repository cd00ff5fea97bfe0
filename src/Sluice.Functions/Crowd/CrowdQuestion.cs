using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Sluice.Labels.Review;

namespace Sluice.Functions.Crowd;

/// <summary>A row as a question that Mechanical Turk shows, and a worker's answer read again.</summary>
static class CrowdQuestion
{
    const string Label = "label", Choice = "choice-";
    const int MaxAnswerCharacters = 1 << 16;
    static readonly XNamespace form = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd";

    /// <summary>The row's shown columns, and its labels to choose from. Nothing else of the row goes out.</summary>
    public static string Of(ReviewPlan plan, ReviewedRow row)
    {
        var shown = plan.Crowd!.ShowColumns.Select(name => new XElement(form + "Text", $"{name}: {Clean(row.Row.GetValueOrDefault(name))}"));
        var selections = plan.Labels.Select((label, i) => new XElement(
            form + "Selection", new XElement(form + "SelectionIdentifier", Choice + i.ToString(CultureInfo.InvariantCulture)), new XElement(form + "Text", Clean(label))));
        return new XElement(
            form + "QuestionForm",
            new XElement(form + "Overview", new XElement(form + "Title", Clean(plan.Crowd.Title)), new XElement(form + "Text", Clean(plan.Crowd.Description))),
            new XElement(
                form + "Question",
                new XElement(form + "QuestionIdentifier", Label),
                new XElement(form + "IsRequired", true),
                new XElement(form + "QuestionContent", shown),
                new XElement(
                    form + "AnswerSpecification",
                    new XElement(form + "SelectionAnswer", new XElement(form + "StyleSuggestion", "radiobutton"), new XElement(form + "Selections", selections))))).ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The label that a worker chose; null: the answer is none.</summary>
    public static string? LabelOf(string answer, ReviewPlan plan)
    {
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(answer), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxAnswerCharacters });
            var given = XDocument.Load(reader).Descendants().Where(e => e.Name.LocalName == "Answer")
                .FirstOrDefault(e => e.Elements().Any(c => c.Name.LocalName == "QuestionIdentifier" && c.Value.Trim() == Label));
            var chosen = given?.Elements().FirstOrDefault(e => e.Name.LocalName == "SelectionIdentifier")?.Value.Trim();
            return chosen?.StartsWith(Choice, StringComparison.Ordinal) == true
                && int.TryParse(chosen.AsSpan(Choice.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < plan.Labels.Count
                ? plan.Labels[number]
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    // XML has no control characters.
    static string Clean(string? text) => string.Concat((text ?? "").Where((c, i) => XmlConvert.IsXmlChar(c)));
}
