namespace Grpc.Core;

/// <summary>Version of the API that this runtime follows.</summary>
public static class VersionInfo
{
    public const string CurrentAssemblyVersion = "2.0.0.0";
    public const string CurrentAssemblyFileVersion = "2.76.0.0";
    public const string CurrentVersion = "2.76.0";
}
