using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace EContract.Signer.Store;

/// <summary>Keeps identities as text.</summary>
public sealed class IdentityConverter<T>() : ValueConverter<T, string>(identity => identity.Value, text => Read(text))
    where T : struct, IIdentity<T>
{
    private static T Read(string text) => T.Named(text);
}
