using System.Buffers;
using System.Runtime.InteropServices;
using Assay.Models.Adapters;
using Assay.Torch;

namespace Assay.Models.Checkpoints;

/// <summary>
/// The tensors that a <see cref="Weights"/> cursor reads, under the names of the family: LayerNorm's old gamma and beta, a missing or
/// doubled base prefix, what wrappers put into names (<see cref="UnwrappedNames"/>) and the head's name (<see cref="HeadNames"/>) are put
/// right, buffers and other heads set aside.
/// </summary>
internal sealed class WeightSource : IDisposable
{
    // Rows are converted a few megabytes at a time, so that loading needs no second copy of a tensor.
    private const int ChunkElements = 1 << 21;
    private const int MostListed = 8;

    private readonly Checkpoint _checkpoint;
    private readonly SafetensorsFile? _headFile;
    private readonly Dictionary<string, (TensorFile File, StoredTensor Tensor)> _stored = [];
    private readonly HashSet<StoredTensor> _read = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _problems = [];
    private readonly List<Parameter> _parameters = [];
    private readonly List<string> _fresh = [];
    private readonly List<(string Name, TensorFile File, StoredTensor Tensor)> _headsByOtherNames = [];
    private readonly Dictionary<string, (StoredTensor A, StoredTensor B)> _products = [];
    private readonly Dictionary<string, (TensorFile File, StoredTensor Tensor)> _otherHeads = [];
    private readonly NetworkOutput _output;
    private readonly DType _dtype;
    private readonly bool _drawsHead;
    private readonly int? _better;
    private readonly string _headHint;

    public WeightSource(Checkpoint checkpoint, ModelFamily family, LoadOptions options, ICollection<string> warnings)
    {
        _checkpoint = checkpoint;
        _dtype = options.DType;
        _output = options.Output;
        _better = options.Head is HeadSource.Difference(var label) ? LabelPair.Better(checkpoint.Config, label) : null;
        if (checkpoint.Files is [GgufFile gguf, ..] && gguf.Architecture != family.GgufArchitecture)
        {
            throw new CheckpointException(
                $"{gguf.Path}: a GGUF of \"{gguf.Architecture}\", but {checkpoint.Config.Path} says model_type {family.ModelType}, "
                    + (
                        family.GgufArchitecture is { } wanted
                            ? $"which is \"{wanted}\" there: they belong to different models"
                            : "which is not read from GGUF: use the safetensors checkpoint"
                    )
            );
        }
        var names = new UnwrappedNames(checkpoint.Tensors.Select(tensor => tensor.Name));
        if (names.Removed.Count > 0)
            warnings.Add(
                $"{checkpoint.WeightPath}: the tensors' names hold {string.Join(" and ", names.Removed.Select(part => $"\"{part}\""))} (saved out of a wrapper: torch.compile, data parallel, a trainer's own); it was taken off"
            );
        var otherHeads = new List<string>();
        foreach (var file in checkpoint.Files)
        {
            foreach (var tensor in file.Tensors)
            {
                var name = FamilyName(names.Of(tensor.Name), family);
                if (family.Buffers.Any(buffer => name.EndsWith(buffer, StringComparison.Ordinal)))
                    continue;
                if (IsOfAnyHead(name, family))
                {
                    _otherHeads[name] = (file, tensor);
                    continue;
                }
                if (family.OtherHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal)))
                {
                    otherHeads.Add(tensor.Name);
                    continue;
                }
                if (!family.IsOfHead(name) && HeadNames.Contain(name))
                {
                    _headsByOtherNames.Add((name, file, tensor));
                    continue;
                }
                foreach (var (partName, part) in family.Parts(checkpoint.Config, name, tensor))
                    if (!_stored.TryAdd(partName, (file, part)))
                        throw new CheckpointException(
                            $"{file.Path}: {part.Name} and {_stored[partName].Tensor.Name} are both the model's {partName}"
                        );
            }
        }
        if (checkpoint.Adapter is { } adapter)
            TakeAdapter(adapter, family);
        _headFile = OpenHeadFile(options.Head, family);
        if (_headsByOtherNames.Count > 0 && _headFile is null)
            TakeHeadByOtherName(family, warnings);
        HasHead = family.HeadTensors.Any(_stored.ContainsKey);
        if (_output != NetworkOutput.Score)
        {
            _headHint = "";
            Draws = options.Head is HeadSource.Fresh(var drawn) ? new Generator(drawn) : null;
            return;
        }
        var claimsHead =
            checkpoint.Config.TextList("architectures")?.Any(name => name == family.SequenceClassifier || HeadNames.IsRewardModel(name))
            is true;
        if (otherHeads.Count > 0 && claimsHead)
            warnings.Add($"{checkpoint.WeightPath}: {string.Join(", ", otherHeads)} left out: the head of another task");
        // A classifier's checkpoint that lost its head is damaged; one with another task's head is a pre-training checkpoint, whatever its
        // config says.
        _headHint = claimsHead
            ? " (config.json says that the checkpoint has a score head)"
            : " (a base or language model has no score head: train a reward model from it, or read a policy's implicit reward with --reference)";
        if (options.Head is not HeadSource.Fresh(var seed))
            return;
        Draws = new Generator(seed);
        _drawsHead = !HasHead && (!claimsHead || otherHeads.Count > 0);
    }

    /// <summary>Gives every tensor as a single zero: for a network that is only asked for its bounds.</summary>
    public bool WithoutValues { get; init; }

    /// <summary>What fresh tensors are drawn from; null unless a fresh head was asked for.</summary>
    public Generator? Draws { get; }

    /// <summary>Whether the checkpoint, or the head file, holds a head.</summary>
    public bool HasHead { get; }

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public IReadOnlyList<string> Fresh => _fresh;

    public bool Has(string name) => _stored.ContainsKey(name);

    /// <summary>Compares what a GGUF says of itself with the configuration.</summary>
    public void Prove(string key, string configKey, double wanted)
    {
        if (_checkpoint.Files is [GgufFile gguf, ..])
            gguf.Prove(key, configKey, wanted, _checkpoint.Config.Path);
    }

    public void Skip(string name)
    {
        if (_stored.TryGetValue(name, out var found))
            _read.Add(found.Tensor);
    }

    public Parameter Read(string name, long[] shape, ParameterRole role, FreshValues.Draw? draw)
    {
        // What is drawn with a score head belongs to it: another output has no use for it, and it is no part of the network.
        if (draw is not null && _output != NetworkOutput.Score)
        {
            Skip(name);
            return new Parameter(name, TensorScope.Release(Tensor.Zeros(_dtype)), role);
        }
        var value =
            WithoutValues ? Tensor.Zeros(_dtype)
            : _stored.TryGetValue(name, out var found) ? Load(name, found.File, found.Tensor, shape, role)
            : _drawsHead && draw is not null ? Draw(name, draw, shape, role)
            : Problem(
                $"{Path.GetFileName(_checkpoint.WeightPath)}: {name} [{string.Join(", ", shape)}] is missing"
                    + (draw is null || HasHead ? "" : _headHint)
            );
        var parameter = new Parameter(name, TensorScope.Release(value), role)
        {
            IsFresh = _fresh.Count > 0 && _fresh[^1] == name,
            Draw = draw,
        };
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Whether the checkpoint has a head of another output than a score, of this name.</summary>
    public bool HasOutput(string name) => _otherHeads.ContainsKey(name);

    /// <summary>
    /// Reads a tensor of the head of another output than a score; drawn where it is missing, or of another shape, and a fresh one was asked
    /// for.
    /// </summary>
    public Parameter ReadOutput(string name, long[] shape, ParameterRole role, FreshValues.Draw? draw, ICollection<string> warnings)
    {
        if (
            draw is not null
            && Draws is not null
            && (!_otherHeads.TryGetValue(name, out var other) || !other.Tensor.Shape.SequenceEqual(shape))
        )
        {
            if (_otherHeads.TryGetValue(name, out other))
                warnings.Add(
                    $"{other.File.Path}: {name} is [{string.Join(", ", other.Tensor.Shape)}], a head of another kind: it was left out, and one of [{string.Join(", ", shape)}] drawn"
                );
            var fresh = new Parameter(name, TensorScope.Release(Draw(name, draw, shape, role)), role) { IsFresh = true };
            _parameters.Add(fresh);
            return fresh;
        }
        var value =
            WithoutValues ? Tensor.Zeros(_dtype)
            : _otherHeads.TryGetValue(name, out var found) ? Load(name, found.File, found.Tensor, shape, role)
            : Problem(
                $"{Path.GetFileName(_checkpoint.WeightPath)}: {name} [{string.Join(", ", shape)}] is missing{(_output == NetworkOutput.Steps ? ": this is no process reward model (assay process train makes one)" : ": this is no language model")}"
            );
        var parameter = new Parameter(name, TensorScope.Release(value), role);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="CheckpointException">Tensors were missing, misshapen, not finite, or left over.</exception>
    public void Close()
    {
        foreach (
            var file in _stored
                .Values.Where(found => !_read.Contains(found.Tensor))
                .GroupBy(found => found.File.Path, found => found.Tensor.Name)
        )
            _problems.Add($"{Path.GetFileName(file.Key)}: read by no part of the model that config.json describes: {Listed(file, ", ")}");
        if (_products.Count > 0)
            _problems.Add(
                $"{Path.GetFileName(_checkpoint.Adapter!.File.Path)}: changes what the base model does not have: {Listed(_products.Keys, ", ")}"
            );
        if (_problems.Count > 0)
            throw new CheckpointException($"{_checkpoint.Folder}: weights and config.json do not agree: {Listed(_problems, "; ")}");
    }

    public void Dispose()
    {
        _headFile?.Dispose();
    }

    /// <summary>Takes the tensors back when loading failed.</summary>
    public void DisposeParameters() => _parameters.ForEach(parameter => parameter.Value.Dispose());

    internal static DType TypeOf(DType dtype, ParameterRole role) =>
        role == ParameterRole.Head && dtype != DType.Float64 ? DType.Float32 : dtype;

    // A network with another output looks for its head among all that are there.
    private bool IsOfAnyHead(string name, ModelFamily family) =>
        _output != NetworkOutput.Score
        && (
            family.IsOfHead(name)
            || HeadNames.Contain(name)
            || family.OtherHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal))
        );

    private static string FamilyName(string name, ModelFamily family)
    {
        if (name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal))
            name = name[..^"gamma".Length] + "weight";
        if (name.EndsWith("LayerNorm.beta", StringComparison.Ordinal))
            name = name[..^"beta".Length] + "bias";
        while (name.StartsWith(family.BasePrefix + family.BasePrefix, StringComparison.Ordinal))
            name = name[family.BasePrefix.Length..];
        var isBase =
            !family.IsOfHead(name)
            && !HeadNames.Contain(name)
            && !family.OtherHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal));
        return isBase && !name.StartsWith(family.BasePrefix, StringComparison.Ordinal) ? family.BasePrefix + name : name;
    }

    private SafetensorsFile? OpenHeadFile(HeadSource head, ModelFamily family)
    {
        if (head is not HeadSource.FromFile(var path))
            return null;
        var file = SafetensorsFile.Open(path);
        if (family.HeadModule is { } own && file.Tensors.All(tensor => HeadNames.Contain(tensor.Name) && !family.IsOfHead(tensor.Name)))
        {
            var other = HeadNames.ModuleOf([.. file.Tensors.Select(tensor => (tensor.Name, tensor.Shape))], file.Path);
            foreach (var tensor in file.Tensors)
                _stored[own + tensor.Name[other.Length..]] = (file, tensor);
            return file;
        }
        foreach (var tensor in file.Tensors)
        {
            if (!family.IsOfHead(tensor.Name))
                throw new CheckpointException(
                    $"{file.Path}: {tensor.Name} is no part of a {family.ModelType} head; wanted {string.Join(", ", family.HeadTensors)}"
                );
            _stored[tensor.Name] = (file, tensor);
        }
        return file;
    }

    private void TakeAdapter(LoraAdapter adapter, ModelFamily family)
    {
        foreach (var (name, a, b) in adapter.Products)
        foreach (var (partName, part) in family.Parts(_checkpoint.Config, FamilyName(name, family), b))
            _products.Add(partName, (a, part));
        // Its head takes the place of the base's, under whatever name that stands.
        if (adapter.Whole.Any(whole => family.IsOfHead(FamilyName(whole.Name, family))))
            _headsByOtherNames.Clear();
        foreach (var (stored, tensor) in adapter.Whole)
        {
            var name = FamilyName(stored, family);
            if (IsOfAnyHead(name, family))
                _otherHeads[name] = (adapter.File, tensor);
            else if (!family.IsOfHead(name) && HeadNames.Contain(name))
                _headsByOtherNames.Add((name, adapter.File, tensor));
            else
                foreach (var (partName, part) in family.Parts(_checkpoint.Config, name, tensor))
                    _stored[partName] = (adapter.File, part);
        }
    }

    /// <summary>Adds an adapter's product to a weight that was just read; a problem's text, or null.</summary>
    private string? Merge(string name, Tensor target)
    {
        if (!_products.Remove(name, out var product))
            return null;
        var adapter = _checkpoint.Adapter!;
        long[] shape = [product.B.Shape[0], product.A.Shape[1]];
        if (!target.Shape.SequenceEqual(adapter.IsTransposed ? shape.Reverse() : shape))
            return $"{product.B.Name} and its A make [{string.Join(", ", shape)}], {name} is [{string.Join(", ", target.Shape)}]";
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var exact = target.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        Tensor a = Tensor.Empty(exact, [.. product.A.Shape]),
            b = Tensor.Empty(exact, [.. product.B.Shape]);
        foreach (var (tensor, into) in new[] { (product.A, a), (product.B, b) })
            if (!Elements.IsWeight(tensor.Kind) || Copy(adapter.File, tensor, into) is not null)
                return $"{tensor.Name} is {tensor.Kind}, or not finite: a weight was wanted";
        LowRankMerge.Add(target, a, b, adapter.Scale, adapter.IsTransposed);
        return null;
    }

    /// <summary>Puts a head of another name in the place of the family's own.</summary>
    private void TakeHeadByOtherName(ModelFamily family, ICollection<string> warnings)
    {
        string path = _headsByOtherNames[0].File.Path,
            name = _headsByOtherNames[0].Name;
        var module = HeadNames.ModuleOf(
            [.. _headsByOtherNames.Select(head => (head.Name, head.Tensor.Shape))],
            path,
            _better is null ? 1 : 2
        );
        if (family.HeadTensors.FirstOrDefault(_stored.ContainsKey) is { } own)
            throw new CheckpointException(
                $"{path}: {own} and {name} are both heads: which of them gives the score cannot be told; keep one"
            );
        if (family.HeadModule is not { } wanted)
            throw new CheckpointException(
                $"{path}: {name} is a head of one layer, a {family.ModelType}'s has {string.Join(", ", family.HeadTensors)}"
            );
        foreach (var (found, file, tensor) in _headsByOtherNames)
            _stored[wanted + found[module.Length..]] = (file, tensor);
        warnings.Add(
            $"{path}: head read from {string.Join(" and ", _headsByOtherNames.Select(head => head.Tensor.Name).Order(StringComparer.Ordinal))}; it is saved as {wanted}.*"
        );
    }

    private static string Listed(IEnumerable<string> items, string separator)
    {
        string[] all = [.. items];
        return string.Join(separator, all.Take(MostListed))
            + (all.Length > MostListed ? $"{separator}and {all.Length - MostListed} more" : "");
    }

    private Tensor Load(string name, TensorFile file, StoredTensor tensor, long[] shape, ParameterRole role)
    {
        if (_better is { } better && role == ParameterRole.Head && tensor.Shape is [2, ..] && shape is [1, ..])
            return LoadDifference(name, file, tensor, [2, .. shape[1..]], better);
        _read.Add(tensor);
        if (!Elements.IsWeight(tensor.Kind))
            return Problem(
                $"{Path.GetFileName(file.Path)}: {tensor.Name} has dtype {tensor.Kind}; a weight is F64, F32, F16, BF16 or one of GGUF's kinds"
            );
        if (!tensor.Shape.SequenceEqual(shape))
            return Problem(
                $"{Path.GetFileName(file.Path)}: {tensor.Name} is [{string.Join(", ", tensor.Shape)}], config.json asks for [{string.Join(", ", shape)}]"
            );
        var target = Tensor.Empty(TypeOf(_dtype, role), shape);
        if (Copy(file, tensor, target) is not { } place)
        {
            if (Merge(name, target) is not { } problem)
                return target;
            target.Dispose();
            return Problem($"{Path.GetFileName(_checkpoint.Adapter!.File.Path)}: {problem}");
        }
        target.Dispose();
        return Problem(
            $"{Path.GetFileName(file.Path)}: {tensor.Name} is not finite at element {place}: NaN or infinity in the weights makes every score worthless"
        );
    }

    /// <summary>The better label's row of a head minus the other's, rounded once.</summary>
    private Tensor LoadDifference(string name, TensorFile file, StoredTensor tensor, long[] shape, int better)
    {
        using var noGrad = new NoGrad();
        using var both = Load(name, file, tensor, shape, ParameterRole.Head);
        using var row = both.Narrow(0, better, 1);
        using var other = both.Narrow(0, 1 - better, 1);
        return TensorScope.Release(row - other);
    }

    /// <summary>
    /// Converts into the target, a few rows at a time. Returns the place of the first number that is not finite, or null.
    /// </summary>
    private static long? Copy(TensorFile file, StoredTensor tensor, Tensor target)
    {
        var rowLength = TensorFile.RowLength(tensor);
        var rowCount = TensorFile.RowCount(tensor);
        var rowsAtOnce = (int)Math.Clamp(ChunkElements / Math.Max(rowLength, 1), 1, rowCount);
        var buffer = ArrayPool<double>.Shared.Rent(checked((int)(rowsAtOnce * rowLength)));
        try
        {
            for (var row = 0L; row < rowCount; row += rowsAtOnce)
            {
                var rows = (int)Math.Min(rowsAtOnce, rowCount - row);
                var place =
                    tensor.Kind == ElementKind.F64
                        ? CopyDoubles(file, tensor, row, rows, buffer.AsSpan(0, (int)(rows * rowLength)), target)
                        : CopyFloats(
                            file,
                            tensor,
                            row,
                            rows,
                            MemoryMarshal.Cast<double, float>(buffer.AsSpan())[..(int)(rows * rowLength)],
                            target
                        );
                if (place >= 0)
                    return (row * rowLength) + place;
            }
            return null;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }

    private static int CopyFloats(TensorFile file, StoredTensor tensor, long row, int rows, Span<float> buffer, Tensor target)
    {
        file.ReadRows(tensor, row, buffer);
        for (var i = 0; i < buffer.Length; i++)
            if (!float.IsFinite(buffer[i]))
                return i;
        CopyRows(MemoryMarshal.AsBytes(buffer), DType.Float32, tensor, row, rows, target);
        return -1;
    }

    private static int CopyDoubles(TensorFile file, StoredTensor tensor, long row, int rows, Span<double> buffer, Tensor target)
    {
        file.ReadRows(tensor, row, buffer);
        for (var i = 0; i < buffer.Length; i++)
            if (!double.IsFinite(buffer[i]))
                return i;
        CopyRows(MemoryMarshal.AsBytes(buffer), DType.Float64, tensor, row, rows, target);
        return -1;
    }

    private static void CopyRows(ReadOnlySpan<byte> bytes, DType dtype, StoredTensor tensor, long row, int rows, Tensor target)
    {
        using var scope = new TensorScope();
        long[] shape = tensor.Shape.Count < 2 ? [.. tensor.Shape] : [rows, .. tensor.Shape.Skip(1)];
        var part = Tensor.FromBytes(bytes, dtype, shape);
        (tensor.Shape.Count < 2 ? target : target.Narrow(0, row, rows)).CopyFrom(part);
    }

    private Tensor Draw(string name, FreshValues.Draw draw, long[] shape, ParameterRole role)
    {
        _fresh.Add(name);
        using var scope = new TensorScope();
        var drawn = draw(Draws!, shape);
        var target = TypeOf(_dtype, role);
        return scope.Keep(target == DType.Float32 ? drawn : drawn.To(target));
    }

    private Tensor Problem(string what)
    {
        _problems.Add(what);
        return Tensor.Zeros(_dtype);
    }
}
