using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Steps;

namespace Sluice.Labels.Review;

/// <summary>The masks that a queue has decided, as a COCO file: what trainers of segmentation models read. The same answers give the same bytes.</summary>
public static class CocoFile
{
    public static byte[] Of(ReviewPlan plan, IReadOnlyList<(ReviewedRow Row, ReviewOutcome Outcome, IReadOnlyList<ReviewAnswer> Answers)> outcomes)
    {
        var decided = outcomes.Where(o => o.Row.Image is not null && o.Outcome is { Label: not null, How: not "gold" }).ToList();
        var names = decided.Select(o => o.Outcome.Label!).Concat(plan.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var (images, annotations) = (new JsonArray(), new JsonArray());
        for (var i = 0; i < decided.Count; i++)
        {
            var (row, outcome, answers) = decided[i];
            images.Add(Node(new { id = i + 1, file_name = row.Image!.Name, width = row.Image.Width, height = row.Image.Height, sha256 = row.Image.Sha256, key = row.Key }));
            if (ReviewReport.MaskOf(outcome, answers) is { } found)
            {
                var mask = found.Mask.Mask.ToMask();
                annotations.Add(Node(new
                {
                    id = annotations.Count + 1,
                    image_id = i + 1,
                    category_id = names.BinarySearch(outcome.Label!, StringComparer.Ordinal) + 1,
                    segmentation = found.Mask.Mask,
                    area = mask.Area,
                    bbox = mask.Box(),
                    iscrowd = 0,
                    by = outcome.By,
                    clicks = found.Mask.Clicks,
                    model = found.Mask.Model,
                    overlap = Math.Round(found.Overlap, 4),
                }));
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["info"] = Node(new { description = $"Masks of {plan.LabelColumn} in {plan.Dataset} {plan.Version}, review {plan.Queue}" }),
            ["categories"] = Node(names.Select((name, i) => new { id = i + 1, name })),
            ["images"] = images,
            ["annotations"] = annotations,
        });
    }

    static JsonNode Node<T>(T value) => JsonSerializer.SerializeToNode(value, StepJson.Options)!;
}
