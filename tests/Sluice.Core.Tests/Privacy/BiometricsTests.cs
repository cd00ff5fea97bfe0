using System.Text;
using Sluice.Core.Tests.Steps;
using Sluice.Privacy;
using Sluice.Steps;

namespace Sluice.Core.Tests.Privacy;

/// <summary>Images and biometric templates in cells, by what is encoded there and what the column is called.</summary>
public sealed class BiometricsTests
{
    static readonly byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, .. new byte[40]];
    static readonly byte[] png = [0x89, .. "PNG\r\n\u001a\n"u8, .. new byte[40]];
    static readonly byte[] webp = [.. "RIFF"u8, 40, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[40]];
    static readonly byte[] wsq = [0xFF, 0xA0, 0xFF, 0xA4, 0, 0x3A, .. new byte[40]];
    static readonly byte[] minutiae = [.. "FMR\0 20\0"u8, .. new byte[40]];
    static readonly byte[] face = [.. "FAC\0030\0"u8, .. new byte[40]];

    static readonly string vector = "[" + string.Join(", ", Enumerable.Range(0, 128).Select(i => $"{i / 128.0 - 0.5}")) + "]";
    static readonly string code = Convert.ToBase64String(Enumerable.Range(0, 300).Select(i => (byte)(i * 37)).ToArray());

    public static TheoryData<string, string, string> Cells => new()
    {
        { "portrait", Convert.ToBase64String(jpeg), "face_photo" },
        { "passport_photo", Convert.ToHexString(png), "face_photo" },
        { "selfie", "\\x" + Convert.ToHexStringLower(webp), "face_photo" },
        { "photo", "data:image/png;base64," + Convert.ToBase64String(png), "face_photo" },
        { "headshotUrl", "https://cdn.example.org/people/17.JPG?size=large", "face_photo" },
        { "avatar", "people/ann.webp", "face_photo" },
        { "payload", Convert.ToBase64String(wsq), "biometric_template" },
        { "payload", "data:application/octet-stream;base64," + Convert.ToBase64String(minutiae), "biometric_template" },
        { "payload", Convert.ToHexString(face), "biometric_template" },
        { "face_embedding", vector, "biometric_template" },
        { "fingerprint", code, "biometric_template" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void Are_told_by_their_first_bytes_and_by_the_column(string column, string cell, string entity)
    {
        var found = Assert.Single(Finding.In(cell, null, column));

        Assert.Equal((entity, cell), (found.Entity, found.Value));
    }

    [Theory]
    [InlineData("scan", "/9j/4AAQSkZJRgAB")]
    [InlineData("ssh_fingerprint", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("embedding", "[0.1, 0.2, 0.3]")]
    [InlineData("fingerprint", "whorl, left thumb, taken at the second visit")]
    [InlineData("photo", "taken in May")]
    [InlineData("file", "report.jpg")]
    public void What_only_looks_alike_is_none(string column, string cell) =>
        Assert.DoesNotContain(Finding.In(cell, null, column), f => f.Entity is "face_photo" or "biometric_template" or "image");

    [Fact]
    public void An_image_of_whatever_is_not_personal_alone_so_that_no_action_destroys_it()
    {
        var cell = Convert.ToBase64String(jpeg);

        Assert.DoesNotContain(Finding.In(cell, null, "product"), f => f.Entity == "image");
        Assert.Equal("image", Assert.Single(Finding.In(cell, new PiiScope { CountsImages = true }, "product")).Entity);
    }

    [Fact]
    public void The_controls_count_them_and_say_what_was_not_looked_at()
    {
        var step = new PrivacyControls(new() { Packs = [ControlPack.HipaaSafeHarbor] });
        var run = StepRunner.Run(step, DirtyTable.Text(("product", [Convert.ToBase64String(jpeg), "none"]), ("print", [Convert.ToBase64String(wsq), null])));

        var controls = new Fitted(run.Json).As<PrivacyControls.Report>().Controls;
        var (biometrics, photographs) = (controls.Single(c => c.Control.StartsWith("P ", StringComparison.Ordinal)), controls.Single(c => c.Control.StartsWith("Q ", StringComparison.Ordinal)));
        Assert.DoesNotContain(controls, c => c.Status == "not_measured");
        Assert.Equal(("not_met", "print: biometric_template in 1 of 1 cells"), (biometrics.Status, biometrics.Evidence.Single()));
        Assert.Equal(("not_met", "product: image in 1 of 2 cells"), (photographs.Status, photographs.Evidence.Single()));
        Assert.Contains("What an image shows was not looked at", photographs.LookedAt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_is_removed_whole()
    {
        var run = StepRunner.Run(new PiiDetection(new() { Action = PiiAction.Remove }), DirtyTable.Text(("print", [Convert.ToBase64String(wsq), "none"])));

        Assert.Equal([null, "none"], DirtyTable.Shown(run.All, "print"));
    }

    [Fact]
    public void Any_bytes_are_looked_at_without_an_error()
    {
        var random = new Random(20);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            var cells = new[] { Encoding.Latin1.GetString(bytes), Convert.ToBase64String(bytes), Convert.ToHexString(bytes), "data:" + Convert.ToBase64String(bytes), "0x" };
            Assert.All(cells, cell => Assert.All(Finding.In(cell, null, "face"), f => Assert.InRange(f.Confidence, 0, 1)));
        }
    }
}
