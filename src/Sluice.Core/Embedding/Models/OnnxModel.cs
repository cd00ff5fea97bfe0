using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;

namespace Sluice.Embedding;

/// <summary>
/// An ONNX model that is open: one session for all threads. Each run uses one thread, and as many runs go on at once as there are cores: that gives more texts a
/// second than threads within a run, and no sum is ever split.
/// </summary>
sealed class OnnxModel : IDisposable
{
    // For the whole process: models that work at the same time share the cores.
    static readonly SemaphoreSlim cores = new(Environment.ProcessorCount);
    readonly InferenceSession session;
    readonly RunOptions run = new();

    /// <param name="file">ONNX file.</param>
    /// <param name="layers">Inner values to be had as outputs.</param>
    public OnnxModel(string file, IReadOnlyList<string> layers)
    {
        var bytes = File.ReadAllBytes(file);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var graph = new OnnxGraph(bytes, file);
        if (layers.FirstOrDefault(l => !graph.Values.Contains(l)) is { } missing)
        {
            throw new DataException(
                $"The model '{file}' has no layer '{missing}'. It has {graph.Values.Count} values, the last are: {string.Join(", ", graph.Values.TakeLast(8))}. Name one of them.");
        }

        // The range of the whole tensor decides how its numbers are rounded, so a text would get other bits beside other texts.
        IsBatchable = !graph.Operators.Contains("DynamicQuantizeLinear");
        (session, Provider) = Open(file, layers.Count > 0 ? graph.WithOutputs(layers) : null, graph);
        Inputs = [.. session.InputMetadata.Keys];
        InputShapes = session.InputMetadata.ToDictionary(i => i.Key, i => i.Value.Dimensions, StringComparer.Ordinal);
        Outputs = session.OutputMetadata.ToDictionary(o => o.Key, o => o.Value.Dimensions, StringComparer.Ordinal);
    }

    public string Sha256 { get; }

    /// <summary><c>cpu</c> or <c>cuda</c>.</summary>
    public string Provider { get; }

    /// <summary>Whether several texts may be run together without one changing the bits of another.</summary>
    public bool IsBatchable { get; }

    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Dimensions of inputs by name; -1 where they vary.</summary>
    public IReadOnlyDictionary<string, int[]> InputShapes { get; }

    /// <summary>Dimensions by name; -1 where they vary.</summary>
    public IReadOnlyDictionary<string, int[]> Outputs { get; }

    /// <summary>Runs the model once and hands the outputs, which are valid during the call only.</summary>
    public void Run(IReadOnlyList<string> names, IReadOnlyList<OrtValue> values, IReadOnlyList<string> outputs, Action<IReadOnlyList<OrtValue>> read, CancellationToken cancellation)
    {
        cores.Wait(cancellation);
        try
        {
            using var results = session.Run(run, names, values, outputs);
            read([.. results]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new DataException($"The model cannot be run on this input: {e.Message} Its inputs are {string.Join(", ", Inputs)}.", e);
        }
        finally
        {
            cores.Release();
        }
    }

    public void Dispose()
    {
        run.Dispose();
        session.Dispose();
    }

    static SessionOptions Options(OnnxGraph graph)
    {
        var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (graph.Operators.Contains("DequantizeLinear") && !graph.Operators.Contains("QuantizeLinear"))
        {
            // Only the weights are quantised. They are unpacked once, when the model is opened, and not for every batch.
            options.AddSessionConfigEntry("session.disable_quant_qdq", "1");
        }

        return options;
    }

    static (InferenceSession Session, string Provider) Open(string file, byte[]? withLayers, OnnxGraph graph)
    {
        try
        {
            if (HasCudaLibrary() && TryOpenOnGpu(file, withLayers, graph) is { } fast)
            {
                return (fast, "cuda");
            }

            using var options = Options(graph);
            return (Open(file, withLayers, options), "cpu");
        }
        catch (OnnxRuntimeException e)
        {
            throw new DataException($"The model '{file}' cannot be opened: {e.Message} Expected a model for ONNX Runtime {OrtEnv.Instance().GetVersionString()}.", e);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new DataException(
                "ONNX Runtime's native library is not here: the npm package has it for linux-x64, win-x64, win-arm64 and osx-arm64. Use 'hashing-512', build with -p:Flavour=Azure " +
                "(NuGet has more platforms), or put libonnxruntime beside the app.", e);
        }
    }

    static InferenceSession? TryOpenOnGpu(string file, byte[]? withLayers, OnnxGraph graph)
    {
        try
        {
            using var options = Options(graph);
            options.AppendExecutionProvider_CUDA(0);
            return Open(file, withLayers, options);
        }
        catch (OnnxRuntimeException)
        {
            // The library is here and no GPU, or another CUDA: the CPU does the same work.
            return null;
        }
    }

    // By its path, unless its graph was changed: a large model keeps its weights in files beside it.
    static InferenceSession Open(string file, byte[]? withLayers, SessionOptions options) =>
        withLayers is null ? new InferenceSession(file, options) : new InferenceSession(withLayers, options);

    static bool HasCudaLibrary() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "libonnxruntime_providers_cuda.so")) || File.Exists(Path.Combine(AppContext.BaseDirectory, "onnxruntime_providers_cuda.dll"));
}
