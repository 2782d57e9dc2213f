namespace EContract.Grpc.Tests.Wire;

/// <summary>Input for fuzz targets: seeded by the run's number so that a failure can be repeated, bounded unless ECONTRACT_LONG is set.</summary>
internal static class FuzzInput
{
    private const int Seed = 20261120;

    public static int Rounds { get; } = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 5_000_000 : 20_000;

    public static IEnumerable<string> Strings(string alphabet, int maxLength)
    {
        var random = new Random(Seed);
        for (var round = 0; round < Rounds; round++)
        {
            yield return new string(random.GetItems<char>(alphabet, random.Next(maxLength + 1)));
        }
    }

    /// <summary>Random bytes, and mutations of the valid samples.</summary>
    public static IEnumerable<byte[]> Bytes(int maxLength, params byte[][] samples)
    {
        var random = new Random(Seed);
        for (var round = 0; round < Rounds; round++)
        {
            if (samples.Length == 0 || round % 4 == 0)
            {
                var bytes = new byte[random.Next(maxLength + 1)];
                random.NextBytes(bytes);
                yield return bytes;
                continue;
            }

            var mutated = samples[random.Next(samples.Length)].AsSpan().ToArray();
            for (var change = random.Next(1, 4); change > 0 && mutated.Length > 0; change--)
            {
                switch (random.Next(3))
                {
                    case 0:
                        mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                        break;
                    case 1:
                        mutated = mutated[..random.Next(mutated.Length + 1)];
                        break;
                    default:
                        mutated = [.. mutated, (byte)random.Next(256)];
                        break;
                }
            }

            yield return mutated;
        }
    }
}
