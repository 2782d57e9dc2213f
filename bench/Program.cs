using System.Globalization;
using System.Reflection;
using System.Text.Json;
using EContract.Bench;

// Each capability has a folder here with classes that end in "Bench" and a static RunAsync(bool quick): found by that convention, so
// that a new measurement is one new file. The OCSP measurements live with their role.
var benches =
    from type in Assembly.GetExecutingAssembly().GetTypes()
    where type.Name.EndsWith("Bench", StringComparison.Ordinal)
    let run = type.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.Static, [typeof(bool)])
    where run is not null
    let folder = type.Namespace!.Split('.')[^1]
    let name = folder == "Ca" ? "ocsp" : folder.ToLowerInvariant()
    orderby name, type.Name
    select (Name: name, Run: run.CreateDelegate<Func<bool, Task<IReadOnlyList<BenchRow>>>>());
var known = benches.ToLookup(bench => bench.Name, bench => bench.Run);

var quick = args.Contains("--quick");
var wanted = args.Where(word => word != "--quick").DefaultIfEmpty("all").ToList();
if (wanted.FirstOrDefault(name => name != "all" && !known.Contains(name)) is { } unknown)
{
    await Console.Error.WriteLineAsync($"{unknown} is none of {string.Join(", ", known.Select(group => group.Key))}, all");
    return 2;
}

var results = Directory.CreateDirectory(Path.Combine(FindRoot(), "bench", "results")).FullName;
foreach (var group in known.Where(group => wanted.Contains("all") || wanted.Contains(group.Key)))
{
    var rows = new List<BenchRow>();
    foreach (var run in group)
    {
        foreach (var row in await run(quick))
        {
            rows.Add(row);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name}\t{row.Ours:0.###} {row.OursUnit}\t{row.Beside} {row.BesideValue:0.###} {row.BesideUnit}\t{row.Ratio:0.###}\t{row.Goal}"
                )
            );
        }
    }

    if (rows.Count == 0)
    {
        continue; // a bench that has to be asked for by a variable
    }

    var report = new
    {
        Measured = TimeProvider.System.GetUtcNow(),
        Quick = quick,
        Rows = rows,
    };
    await File.WriteAllTextAsync(
        Path.Combine(results, $"{group.Key}.json"),
        JsonSerializer.Serialize(report, new JsonSerializerOptions { WriteIndented = true })
    );
}

return 0;

static string FindRoot()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "EContract.sln")))
        {
            return folder.FullName;
        }
    }

    throw new DirectoryNotFoundException("EContract.sln is in no folder above the benchmark.");
}
