namespace Sluice.Core.Tests.Labels.Masks;

/// <summary>
/// A model with the signature of Segment Anything, small enough to reckon what it says: the first mask is everything left of the first click, the second everything above it; their scores are the
/// sum of the points' labels and the mean of the embedding.
/// </summary>
static class TinySegmenter
{
    public const int Side = 64;

    /// <summary>Puts the model into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isPrepared">Whether the encoder takes pixels that the caller has prepared.</param>
    public static void Lay(string folder, bool isPrepared = true)
    {
        File.WriteAllBytes(Path.Combine(folder, "tiny.encoder.onnx"), isPrepared ? Encoder() : PreparingEncoder());
        File.WriteAllBytes(Path.Combine(folder, "tiny.decoder.onnx"), Decoder().ToBytes());
    }

    public static byte[] Encoder(long colours = 3) => new TinyOnnx().Input("x", 0, colours, Side, Side).Output("image_embeddings", 0, colours, 4, 4)
        .Node("AveragePool", "x", "image_embeddings", ("kernel_shape", [16, 16]), ("strides", [16, 16])).ToBytes();

    public static TinyOnnx Decoder(string coordinates = "point_coords", long colours = 3) => new TinyOnnx()
        .Input("image_embeddings", 1, colours, 4, 4).Input(coordinates, 1, 0, 2).Input("point_labels", 1, 0).Input("mask_input", 1, 1, 16, 16).Input("has_mask_input", 1).Input("orig_im_size", 2)
        .Output("masks", 0, 0, 0, 0).Output("iou_predictions", 0, 2).Output("low_res_masks", 1, 1, 16, 16)
        .Whole("first", [], 0).Whole("second", [], 1).Whole("two", [2], 1, 1).Whole("upright", [2], -1, 1).Numbers("side", [], Side).Numbers("little", [], 0.25f)
        .Node("Cast", "orig_im_size", "size", ("to", [7])).Node("Gather", "size first", "height", ("axis", [0])).Node("Gather", "size second", "width", ("axis", [0]))
        .Node("ReduceMax", "orig_im_size", "longest", ("keepdims", [0])).Node("Div", "side longest", "scale")
        .Node("Gather", $"{coordinates} first", "click", ("axis", [1])).Node("Gather", "click first", "x", ("axis", [1])).Node("Gather", "click second", "y", ("axis", [1]))
        .Node("Range", "first width second", "columns").Node("Cast", "columns", "column", ("to", [1])).Node("Mul", "column scale", "right")
        .Node("Sub", "x right", "distance").Node("Add", "distance little", "left")
        .Node("Range", "first height second", "rows").Node("Cast", "rows", "row", ("to", [1])).Node("Mul", "row scale", "down")
        .Node("Sub", "y down", "drop").Node("Add", "drop little", "above").Node("Reshape", "above upright", "standing")
        .Node("Concat", "two size", "shape", ("axis", [0])).Node("Expand", "left shape", "mask0").Node("Expand", "standing shape", "mask1").Node("Concat", "mask0 mask1", "masks", ("axis", [1]))
        .Node("ReduceSum", "point_labels", "sum", ("keepdims", [0])).Node("ReduceMean", "image_embeddings", "mean", ("keepdims", [0]))
        .Node("Reshape", "sum two", "score0").Node("Reshape", "mean two", "score1").Node("Concat", "score0 score1", "iou_predictions", ("axis", [1]))
        .Node("Identity", "mask_input", "low_res_masks");

    // Height × width × 3, as exports that hold the preparation: here the mean colour stands for it.
    static byte[] PreparingEncoder() => new TinyOnnx().Input("input_image", 0, 0, 3).Output("image_embeddings", 1, 3, 4, 4)
        .Whole("shape", [4], 1, 3, 4, 4).Numbers("one", [], 1).Node("ReduceMean", "input_image", "mean", ("keepdims", [0])).Node("Mul", "mean one", "scaled").Node("Expand", "scaled shape", "image_embeddings").ToBytes();
}
