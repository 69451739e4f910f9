using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models;

/// <summary>
/// A transformer with a score head, of one unit or of several rows (<see cref="Rows"/>), read from a Hugging Face checkpoint. Batches are
/// packed: no pads, and a pair's common prefix once where the family allows it. Made by <see cref="Load"/>; not safe for use by several
/// threads at once.
/// </summary>
public abstract partial class RewardNetwork : IDisposable
{
    private IReadOnlyList<Parameter> _parameters = [];
    private OutputHead? _outputHead;

    private protected RewardNetwork(int vocabularySize, int? longestSequence, int? padTokenId, PackingRules packing)
    {
        VocabularySize = vocabularySize;
        LongestSequence = longestSequence;
        PadTokenId = padTokenId;
        Packing = packing;
    }

    /// <summary>
    /// Every tensor of a whole checkpoint, under its name there, in the network's order. All are trained unless <see cref="AddLora"/> or
    /// <see cref="TrainOnly(Func{Parameter, bool})"/> says otherwise.
    /// </summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>
    /// What is trained: of <see cref="Parameters"/> those that are not frozen, and behind each weight the pair that is trained in its
    /// place.
    /// </summary>
    public IReadOnlyList<Parameter> Trained => [.. All.Where(parameter => parameter.Value.RequiresGrad)];

    /// <summary>The LoRA that is trained; null without one. Its targets are as they were found, by the shortest names.</summary>
    public LoraOptions? Lora { get; private set; }

    public ModelFamily Family { get; private set; } = null!;

    /// <summary>What it gives: <see cref="Score"/>, <see cref="StepLogits"/> or <see cref="LogProbabilities"/>.</summary>
    public NetworkOutput Output { get; private set; }

    /// <summary>The configuration file it was loaded with; <see cref="NetworkFolder.Save"/> writes it on.</summary>
    public ConfigFile Config { get; private set; } = null!;

    /// <summary>Whether a language model's head is its table of embeddings.</summary>
    internal bool HasTiedHead => Output == NetworkOutput.LanguageModel && _outputHead!.Weight.Module != Family.LanguageModel!.Value.Module;

    /// <summary>Token ids are below this.</summary>
    public int VocabularySize { get; }

    /// <summary>The most tokens a sequence can have, where positions are a table (BERT, GPT-2, OPT); null where nothing ends.</summary>
    public int? LongestSequence { get; }

    /// <summary>Which ids and how many of them it takes.</summary>
    public ModelBounds Bounds => new(VocabularySize, LongestSequence);

    /// <summary>
    /// The configuration's <c>pad_token_id</c>. Nothing here pads; its embedding row gets no gradient in the families in which it gets none
    /// in the reference.
    /// </summary>
    public int? PadTokenId { get; }

    /// <summary>How batches for this network are built.</summary>
    public PackingRules Packing { get; }

    /// <summary>The weights' type; the head's is at least fp32.</summary>
    public DType DType { get; private set; }

    /// <summary>
    /// The type the weights were read in. <see cref="ConvertTo"/> leaves it: what is computed from the configuration, the rotary
    /// frequencies, keeps its values then.
    /// </summary>
    internal DType ReadAs { get; private set; }

    public Device Device { get; private set; } = Device.Cpu;

    /// <summary>
    /// The type of what flows between the layers: the weights' own, or BFloat16 over fp32 weights. Then products and what the backward
    /// keeps are bf16; weights and their gradients, the norms' statistics, softmax and the head stay fp32.
    /// </summary>
    /// <exception cref="ArgumentException">Neither of these.</exception>
    public DType ComputeType
    {
        get;
        set =>
            field =
                value == DType || (value == DType.BFloat16 && DType == DType.Float32)
                    ? value
                    : throw new ArgumentException(
                        $"a network with weights in {DType} computes in that, or in BFloat16 where they are Float32",
                        nameof(value)
                    );
    }

    /// <summary>
    /// Whether each layer's forward is run again in the backward instead of keeping what it made: far less memory, a third more work.
    /// </summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>Called with a module's name and its output, for tests of activations.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    /// <summary>Loads a Hugging Face folder or a GGUF file beside its config.json.</summary>
    /// <param name="path">The folder, or the .gguf file.</param>
    /// <param name="options">By default: the stored head, fp32.</param>
    /// <exception cref="CheckpointException">The checkpoint is damaged, of an unknown family, not a scalar reward model, or its weights do
    /// not fit its configuration.</exception>
    /// <exception cref="IOException">Not there, or not readable.</exception>
    public static LoadedNetwork Load(string path, LoadOptions? options = null)
    {
        options ??= new LoadOptions();
        using var checkpoint = Checkpoint.Open(path);
        var config = checkpoint.Config;
        var warnings = new List<string>(checkpoint.Remarks);
        var family = ModelFamily.Of(config, options.Output);
        if (options.Output == NetworkOutput.Score && options.Head is not HeadSource.Difference)
            RequireOneLabel(config, family);
        if (options.Output != NetworkOutput.Score)
            // the head's, which is read last
            _ = (config.EntryCount("id2label"), config.Has("num_labels") && config.Integer("num_labels", least: 0) is not null);
        var rewardToken = RewardToken.Of(config);
        var build = family.Prepare(checkpoint, warnings);
        using var source = new WeightSource(checkpoint, family, options, warnings);
        RewardNetwork? network = null;
        try
        {
            network = build(new Weights(source));
            network._outputHead = OutputHead.Read(source, config, family, options.Output, network.VocabularySize, warnings);
            source.Close();
            if (rewardToken >= network.VocabularySize)
                throw config.Wrong(RewardToken.Key, $"an id below vocab_size ({network.VocabularySize})");
        }
        catch
        {
            source.DisposeParameters();
            throw;
        }
        network._parameters = source.Parameters;
        network.Family = family;
        network.Config = config;
        network.Output = options.Output;
        network.DType = options.DType;
        network.ReadAs = options.DType;
        network.ComputeType = options.DType;
        foreach (var parameter in network._parameters)
            parameter.Value.RequiresGrad = true;
        try
        {
            if (options.Head is HeadSource.Stored or HeadSource.Fresh)
                HeadRowsFile.Restore(network, CheckpointFolder.Of(path));
        }
        catch
        {
            network.Dispose();
            throw;
        }
        var head = source.Fresh.Count > 0 || options.Head is not HeadSource.Fresh ? options.Head : new HeadSource.Stored();
        return new LoadedNetwork(network, head, source.Fresh, warnings)
        {
            Draws = source.Draws,
            MergedAdapter = checkpoint.Adapter?.File.Path,
        };
    }

    /// <summary>
    /// The scores of the batch's sequences, in its order: [sequences], fp32 (fp64 for an fp64 network), a part of the graph unless inside
    /// <see cref="NoGrad"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A token id outside the vocabulary, or a sequence longer than
    /// <see cref="LongestSequence"/>.</exception>
    public Tensor Score(PackedBatch batch)
    {
        Demand(batch);
        using var scope = new TensorScope();
        return scope.Keep(Combined(Head(Pool(batch))));
    }

    /// <summary>
    /// The two logits (wrong, right) at each of the batch's read tokens (<see cref="PackedBatch.ScoredRows"/>): [tokens read, 2], in the
    /// head's type.
    /// </summary>
    /// <inheritdoc cref="Score"/>
    public Tensor StepLogits(PackedBatch batch)
    {
        Demand(batch, NetworkOutput.Steps);
        using var scope = new TensorScope();
        return scope.Keep(_outputHead!.Forward(ForHead(Pool(batch))));
    }

    /// <summary>
    /// The natural logarithm of the probability of a token after each of the batch's read tokens, [tokens read], in the head's type. The
    /// logits of all tokens never stand in memory at once.
    /// </summary>
    /// <param name="batch">With the tokens to read at.</param>
    /// <param name="targets">[tokens read]: the ids whose probability is asked for.</param>
    /// <inheritdoc cref="Score"/>
    public Tensor LogProbabilities(PackedBatch batch, IReadOnlyList<int> targets)
    {
        Demand(batch, NetworkOutput.LanguageModel);
        using var scope = new TensorScope();
        return scope.Keep(ForHead(Pool(batch)).LogProbabilities(_outputHead!.Weight.Value, [.. targets]));
    }

    /// <summary>
    /// What the head reads of the batch's sequences, in its order: [sequences, hidden]. Nothing of it depends on the head, nor on what is
    /// drawn with one.
    /// </summary>
    /// <inheritdoc cref="Score"/>
    public Tensor Features(PackedBatch batch)
    {
        Demand(batch);
        using var scope = new TensorScope();
        return scope.Keep(Pool(batch));
    }

    /// <summary>
    /// Freezes all but the head, tensors that were drawn when it was loaded, and those chosen. A frozen tensor gets no gradient, and
    /// nothing is computed backwards below the lowest that is not.
    /// </summary>
    public void TrainOnly(Func<Parameter, bool> isTrained)
    {
        foreach (var parameter in _parameters)
            parameter.Value.RequiresGrad = IsHead(parameter) || isTrained(parameter);
    }

    /// <summary>The same for those of these names.</summary>
    public void TrainOnly(IReadOnlySet<string> names) => TrainOnly(parameter => names.Contains(parameter.Name));

    /// <summary>
    /// Freezes the weights and puts a pair of narrow matrices beside the chosen layers' (arXiv 2106.09685), which is trained in their
    /// place, with the head, tensors that were drawn when the network was loaded, and <see cref="LoraOptions.ModulesToSave"/>. The scores
    /// are as before.
    /// </summary>
    /// <param name="options">Which layers, how wide.</param>
    /// <param name="generator">Draws the A matrices: <see cref="LoadedNetwork.Draws"/>, as the reference's one generator goes on after the
    /// head.</param>
    /// <exception cref="CheckpointException">A named module is not there, or is no linear layer.</exception>
    /// <exception cref="InvalidOperationException">There is a LoRA already.</exception>
    public void AddLora(LoraOptions options, Generator generator)
    {
        if (Lora is not null)
            throw new InvalidOperationException("the network has a LoRA already");
        var whole = LoraTargets.TrainedWhole(this, options);
        var targets = LoraTargets.Of(this, options, whole);
        TrainOnly(whole.Contains);
        foreach (var weight in targets)
        {
            using var scope = new TensorScope();
            var isTransposed = weight.Matrix == MatrixForm.InputsByOutputs;
            var (inputs, outputs) = isTransposed
                ? (weight.Value.Shape[0], weight.Value.Shape[1])
                : (weight.Value.Shape[1], weight.Value.Shape[0]);
            var (a, b) = LowRankDraw.Next(generator, inputs, outputs, options.Rank);
            weight.LowRank = new LowRankPair(Narrow("lora_A", a), Narrow("lora_B", b), options.Scale, isTransposed);

            Parameter Narrow(string name, Tensor value)
            {
                var placed = TensorScope.Release(value.To(DType == DType.Float64 ? DType.Float64 : DType.Float32).To(Device));
                placed.RequiresGrad = true;
                return new Parameter($"{weight.Module}.{name}.weight", placed, ParameterRole.Body);
            }
        }
        Lora = options with
        {
            TargetModules = LoraTargets.Names(this, targets, whole),
            ModulesToSave = [.. whole.Select(parameter => parameter.Module).Distinct()],
        };
    }

    /// <summary>
    /// Whether a tensor is of the head, or was drawn with it: trained whatever else is frozen. PEFT's rule for sequence classification: the
    /// modules <c>score</c> and <c>classifier</c>.
    /// </summary>
    public bool IsHead(Parameter parameter) =>
        parameter.IsFresh
        || parameter.Name.StartsWith("score.", StringComparison.Ordinal)
        || parameter.Name.StartsWith("classifier.", StringComparison.Ordinal);

    /// <summary>
    /// The first module, in the order of the forward, whose output is not finite throughout; null where all are. Reads every activation:
    /// for a run that broke down.
    /// </summary>
    /// <param name="run">Runs the network and returns what is read of it; without gradients.</param>
    public string? FirstNonFinite(Func<Tensor> run)
    {
        string? found = null;
        var before = Observer;
        Observer = (module, output) => found ??= output.ToDoubles().All(double.IsFinite) ? null : module;
        try
        {
            using var noGrad = new NoGrad();
            using var scope = new TensorScope();
            var scores = run().ToDoubles();
            return found ?? (scores.All(double.IsFinite) ? null : "the score head");
        }
        finally
        {
            Observer = before;
        }
    }

    /// <summary>
    /// Converts the weights to another floating type; the head stays at least fp32. Gradients are dropped. As in torch, what was rounded
    /// stays so: a network read in fp32 and converted to fp64 has the weights and rotary frequencies of its fp32 self; one that is read in
    /// fp64 has its frequencies in fp64.
    /// </summary>
    public void ConvertTo(DType dtype)
    {
        if (!dtype.IsFloating())
            throw new ArgumentException("weights are of a floating type", nameof(dtype));
        Replace(parameter => parameter.Value.To(WeightSource.TypeOf(dtype, parameter.Role)));
        DType = dtype;
        ComputeType = dtype;
    }

    /// <summary>Moves the weights to another device, if they are not there. Gradients are dropped.</summary>
    public void MoveTo(Device device)
    {
        if (device == Device)
            return;
        Replace(parameter => parameter.Value.To(device));
        Device = device;
    }

    public void Dispose()
    {
        foreach (var parameter in All)
            parameter.Value.Dispose();
        _parameters = [];
        GC.SuppressFinalize(this);
    }

    /// <summary>All below the head: what it reads, [sequences, hidden].</summary>
    private protected abstract Tensor Pool(PackedBatch batch);

    /// <summary>The head, and every tensor that is drawn with it: what <see cref="Pool"/> gave → [sequences, rows].</summary>
    private protected abstract Tensor Head(Tensor pooled);

    /// <summary>Runs a layer; where <see cref="GradientCheckpointing"/> is on, so that its backward begins with its forward.</summary>
    private protected Tensor Run(Func<IReadOnlyList<Tensor>, Tensor> layer, params IReadOnlyList<Tensor> inputs) =>
        GradientCheckpointing ? Tensor.Recomputed(layer, inputs) : layer(inputs);

    /// <summary>What the head reads, in the head's type: fp32 even where the body is fp16 or bf16.</summary>
    private protected Tensor ForHead(Tensor x) => x.To(WeightSource.TypeOf(DType, ParameterRole.Head));

    private protected void Observe(string module, Tensor output) => Observer?.Invoke(module, output);

    private void Demand(PackedBatch batch, NetworkOutput output = NetworkOutput.Score)
    {
        if (output != Output)
            throw new InvalidOperationException($"the network was loaded to give {Output}, not {output}");
        foreach (var id in batch.TokenIds)
            if (id < 0 || id >= VocabularySize)
                throw new ArgumentException(
                    $"token id {id} is outside the model's vocabulary of {VocabularySize}: text and model do not belong together",
                    nameof(batch)
                );
        if (LongestSequence is { } longest && batch.Positions.Max() + 1 is var length && length > longest)
            throw new ArgumentException(
                $"a sequence has {length} tokens; this {Family.ModelType} has a table of positions for {longest}",
                nameof(batch)
            );
    }

    private IEnumerable<Parameter> All =>
        _parameters.SelectMany(parameter => parameter.LowRank is { } pair ? [parameter, pair.A, pair.B] : (Parameter[])[parameter]);

    private void Replace(Func<Parameter, Tensor> convert)
    {
        using var noGrad = new NoGrad();
        foreach (var parameter in All)
        {
            var before = parameter.Value;
            var after = TensorScope.Release(convert(parameter).Detach());
            after.RequiresGrad = before.RequiresGrad;
            parameter.Value = after;
            before.Dispose();
        }
    }

    private static void RequireOneLabel(ConfigFile config, ModelFamily family)
    {
        var stated = config.Integer("num_labels", least: 0); // read beside id2label too: it is known
        var labels = config.EntryCount("id2label") ?? stated ?? 2; // transformers: two where nothing is said
        if (labels == 1 || config.TextList("architectures")?.Contains(family.SequenceClassifier) is not true)
            return;
        throw config.Has("id2label")
            ? config.Wrong("id2label", labels == 2 ? $"one label: it is {HeadNames.TwoLabels}" : "one label: a reward model has one score")
            : new CheckpointException(
                $"{config.Path}: no id2label, which means two labels; a reward model has one: add \"id2label\": {{\"0\": \"LABEL_0\"}} if its head has one row"
            );
    }
}
