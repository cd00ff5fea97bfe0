using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Sluice.Core.Tests.Steps;
using Sluice.Embedding;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Embedding;

/// <summary>A model as sentence-transformers lays it out: the graph of the bundled one with a small tokenizer.json.</summary>
public sealed class ModelFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public ModelFolderTests() => Lay(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_folder_is_a_model_with_its_own_tokens_pooling_and_limits()
    {
        var embedder = await UseLite.OpenAsync(new EmbeddingModel { Name = folder.Path });
        var layer = await UseLite.OpenAsync(new EmbeddingModel { Name = folder.Path, Layer = "add_104" });
        var cls = await UseLite.OpenAsync(new EmbeddingModel { Name = folder.Path, Layer = "add_104", Pooling = "cls" });

        Assert.Equal((40, 512), (embedder.MaxTokens, embedder.Dimensions));
        Assert.Equal([2, 5, 5, 3], embedder.TokensOf("the the"u8));
        var vector = UseLite.Embed(layer, "the quick brown fox");
        Assert.Equal(1, Vectors.Dot(vector, vector), 1e-6);
        Assert.NotEqual(vector, UseLite.Embed(cls, "the quick brown fox"));
    }

    [Fact]
    public async Task More_tokens_may_be_asked_for_than_it_was_trained_on_but_not_than_it_has_places_for()
    {
        Assert.Equal(64, (await UseLite.OpenAsync(new EmbeddingModel { Name = folder.Path, MaxTokens = 64 })).MaxTokens);
        Assert.Contains("reads 3 to 64", await RefusalAsync(new EmbeddingModel { Name = folder.Path, MaxTokens = 65 }), StringComparison.Ordinal);
        Assert.Contains("reads 3 to 64", await RefusalAsync(new EmbeddingModel { Name = folder.Path, MaxTokens = 2 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_are_read_beyond_what_the_model_was_trained_on_are_reported()
    {
        var texts = new Sluice.Batches.Batch(
            new([new("t", Sluice.Batches.ColumnType.Text)]),
            [Sluice.Batches.TextColumn.Of("the fox", string.Join(' ', Enumerable.Repeat("the", 45)), string.Join(' ', Enumerable.Repeat("the", 90)))], 3);

        Assert.Equal(["text_cut:1", "text_cut:2"], Reasons(null));
        Assert.Equal(["longer_than_trained:1", "longer_than_trained:2", "text_cut:2"], Reasons(64));
        Assert.Equal(40, (await UseLite.OpenAsync(new EmbeddingModel { Name = folder.Path })).TrainedTokens);

        File.Delete(Path.Combine(folder.Path, "sentence_bert_config.json"));
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"), """{"model_max_length":50}""");
        Assert.Equal(50, (await UseLite.OpenAsync(new EmbeddingModel { Name = folder.Path })).TrainedTokens);

        string[] Reasons(int? tokens) => [.. StepRunner.Run(new Embed(new() { Column = "t", Model = folder.Path, MaxTokens = tokens }), texts).Verdicts
            .SelectMany(v => v.Rules.SelectMany((rule, i) => v.Failing(i).Select(row => $"{rule.Reason}:{row}"))).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("model.onnx", null, "has no model.onnx and no onnx/model.onnx")]
    [InlineData("tokenizer.json", null, "has no tokenizer.json")]
    [InlineData("tokenizer.json", "{", "tokenizer.json' cannot be read")]
    [InlineData("model.onnx", "version https://git-lfs.github.com/spec/v1", "is no ONNX model")]
    [InlineData("modules.json", "[{\"type\":\"sentence_transformers.models.Dense\",\"path\":\"2\"}]", "a module of the type 'Dense'")]
    [InlineData("modules.json", "{}", "modules.json' of a model cannot be read")]
    [InlineData("1_Pooling/config.json", "{\"pooling_mode_weightedmean_tokens\":true}", "asks for the pooling 'pooling_mode_weightedmean_tokens'")]
    [InlineData("sentence_bert_config.json", "nonsense", "cannot be read")]
    public async Task A_folder_that_is_no_model_is_refused(string file, string? content, string expected)
    {
        var path = Path.Combine(folder.Path, file);
        File.Delete(path);
        if (content is not null)
        {
            await File.WriteAllTextAsync(path, content);
        }

        Assert.Contains(expected, await RefusalAsync(new EmbeddingModel { Name = folder.Path }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_changes_is_another_model()
    {
        var model = new EmbeddingModel { Name = folder.Path };
        var (before, content) = (await UseLite.OpenAsync(model), TextEmbedders.ContentOf(model));

        File.Copy(Path.Combine(AppContext.BaseDirectory, "Embedding", "Tokenizers", "cased.tokenizer.json"), Path.Combine(folder.Path, "tokenizer.json"), overwrite: true);

        Assert.NotEqual(before.Key, (await UseLite.OpenAsync(model)).Key);
        Assert.NotEqual(content, TextEmbedders.ContentOf(model));
    }

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tar.gz")]
    public async Task An_archive_is_fetched_once_and_only_with_its_checksum(string extension)
    {
        using var cache = new TemporaryFolder();
        var archive = Pack(extension);
        var server = new Server(archive);
        var downloads = new ModelDownload(new HttpClient(server), cache.Path);
        var name = $"https://models.example/minilm{extension}#sha256={Convert.ToHexStringLower(SHA256.HashData(archive))}";

        var first = await TextEmbedders.OpenAsync(new EmbeddingModel { Name = name }, downloads, CancellationToken.None);
        var second = await downloads.FolderAsync(name, CancellationToken.None);

        Assert.Equal((512, 1), (first.Dimensions, server.Requests));
        Assert.True(File.Exists(Path.Combine(second, "tokenizer.json")));
        var e = await Assert.ThrowsAsync<DataException>(() => downloads.FolderAsync(name[..^2] + (name.EndsWith("00", StringComparison.Ordinal) ? "11" : "00"), CancellationToken.None));
        Assert.Contains("has another checksum: found SHA-256", e.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(cache.Path));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, typeof(TransientException), "status 503")]
    [InlineData(HttpStatusCode.NotFound, typeof(DataException), "status 404")]
    [InlineData(HttpStatusCode.OK, typeof(DataException), "is no archive that can be unpacked")]
    public async Task A_server_that_does_not_give_a_model_is_told(HttpStatusCode status, Type type, string expected)
    {
        using var cache = new TemporaryFolder();
        var downloads = new ModelDownload(new HttpClient(new Server("nothing"u8.ToArray()) { Status = status }), cache.Path);

        var e = await Assert.ThrowsAsync(type, () => downloads.FolderAsync($"https://models.example/m.zip#sha256={Convert.ToHexStringLower(SHA256.HashData("nothing"u8))}", CancellationToken.None));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(cache.Path));
    }

    static async Task<string> RefusalAsync(EmbeddingModel model) => (await Assert.ThrowsAsync<DataException>(() => UseLite.OpenAsync(model))).Message;

    static void Lay(string folder)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "models", "use-lite-en", "model.onnx"), Path.Combine(folder, "model.onnx"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Embedding", "Tokenizers", "bert.tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        File.WriteAllText(Path.Combine(folder, "1_Pooling", "config.json"), """{"word_embedding_dimension":512,"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true}""");
        File.WriteAllText(Path.Combine(folder, "sentence_bert_config.json"), """{"max_seq_length":40}""");
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"max_position_embeddings":64}""");
        File.WriteAllText(Path.Combine(folder, "modules.json"), """
            [{"idx":0,"path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
             {"idx":2,"path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]
            """);
    }

    byte[] Pack(string extension)
    {
        using var packed = new MemoryStream();
        if (extension == ".zip")
        {
            ZipFile.CreateFromDirectory(folder.Path, packed, CompressionLevel.Fastest, includeBaseDirectory: true);
        }
        else
        {
            using var zipped = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            TarFile.CreateFromDirectory(folder.Path, zipped, includeBaseDirectory: false);
        }

        return packed.ToArray();
    }

    sealed class Server(byte[] content) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new ByteArrayContent(content) });
        }
    }
}
