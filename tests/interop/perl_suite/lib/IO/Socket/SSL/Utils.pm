# IO::Socket::SSL::Utils, with the project's functions behind it.
package IO::Socket::SSL::Utils;
use strict;
use warnings;
use Carp     qw(croak);
use Exporter qw(import);
use IO::Socket::SSL;

our $VERSION = '2.015';
our @EXPORT  = qw(
    PEM_file2cert PEM_file2certs PEM_string2cert PEM_cert2file PEM_certs2file PEM_cert2string
    PEM_file2key PEM_string2key PEM_key2file PEM_key2string KEY_free CERT_free
    KEY_create_rsa KEY_create_ec CERT_asHash CERT_create
);

sub _value {
    my ( $value, $error ) = Bridge::call( {@_} );
    croak $error->{message} if $error;
    return $value;
}

sub _certificate { return Bridge::Values::certificate_from_pem(shift) }
sub _key         { return Bridge::Values::key_from_pem(shift) }
sub _pem         { return Bridge::Values::certificate_to_pem(shift) }
sub _key_pem     { return Bridge::Values::key_to_pem(shift) }

sub _save {
    my ( $file, @texts ) = @_;
    open( my $handle, '>', $file ) or croak "$file: $!";
    print {$handle} @texts;
}

sub _pem_call {
    my ( $function, @arguments ) = @_;
    return _value( op => 'pem', function => $function, args => \@arguments );
}

sub PEM_file2cert   { return _certificate( _pem_call( 'pemFile2cert', shift ) ) }
sub PEM_file2certs  { return map { _certificate($_) } @{ _pem_call( 'pemFile2certs', shift ) } }
sub PEM_string2cert { return _certificate( _pem_call( 'pemString2cert', shift ) ) }
sub PEM_file2key    { return _key( _pem_call( 'pemFile2key',   @_ ) ) }
sub PEM_string2key  { return _key( _pem_call( 'pemString2key', @_ ) ) }
sub PEM_cert2string { return _pem_call( 'pemCert2string', _pem(shift) ) }
sub PEM_key2string  { return _key_pem(shift) }
sub PEM_cert2file   { my ( $certificate, $file ) = @_; _save( $file, PEM_cert2string($certificate) ) }
sub PEM_certs2file  { my $file = shift; _save( $file, map { PEM_cert2string($_) } @_ ) }
sub PEM_key2file    { my ( $key, $file ) = @_; _save( $file, _key_pem($key) ) }
sub CERT_free       { Net::SSLeay::X509_free($_)     for @_ }
sub KEY_free        { Net::SSLeay::EVP_PKEY_free($_) for @_ }

sub KEY_create_rsa { return _key( _value( op => 'new_key', kind => 'rsa', argument => shift ) ) }
sub KEY_create_ec  { return _key( _value( op => 'new_key', kind => 'ec',  argument => shift ) ) }

sub CERT_create {
    my %arguments = @_ % 2 ? %{ shift() } : @_;
    my $issuer    = $arguments{issuer};
    $arguments{issuer}      = [ _pem( $issuer->[0] ), _key_pem( $issuer->[1] ) ] if ref $issuer eq 'ARRAY';
    $arguments{issuer_cert} = _pem( $arguments{issuer_cert} ) if $arguments{issuer_cert};
    for (qw(issuer_key key)) { $arguments{$_} = _key_pem( $arguments{$_} ) if $arguments{$_} }
    my $made = _value( op => 'new_certificate', args => \%arguments );
    return ( _certificate( $made->{cert} ), _key( $made->{key} ) );
}
1;
