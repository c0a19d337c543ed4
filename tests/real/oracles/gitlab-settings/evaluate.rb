# usage: ruby evaluate.rb KNOWN FILE
# Evaluates a gitlab.rb as the package of GitLab does (Ruby, settings as nested hashes), prints the settings as JSON, and
# names every one that the package does not know. Secrets lie in files that exist only in the container: what is read of
# one is `content of <path>`.
require 'json'
require 'set'

KNOWN = File.readlines(ARGV[0], chomp: true).reject { |line| line.start_with?('#') }.to_set
ROOTS = KNOWN.map { |path| path[/\A\w+/] }.to_set

# Hashes around known settings: `gitlab_rails[nginx]`.
AROUND = KNOWN.flat_map do |path|
  parts = path.scan(/\A\w+|\[[^\]]*\]/)
  (1...parts.size).map { |count| parts.first(count).join }
end.to_set

# Groups of which the list has no names: those that moved in 19.2 and still work.
OPEN = %w[registry_nginx].freeze

class Setting < Hash
  def [](key)
    store(key.to_s, Setting.new) unless key?(key.to_s)
    super(key.to_s)
  end
end

# Only this of the program can be reached from the settings.
class Config < BasicObject
  def initialize(settings)
    @settings = settings
  end

  def method_missing(name, *values)
    key = name.to_s.delete_suffix('=')
    ::Kernel.raise ::NameError, "unknown setting #{key}" unless ::ROOTS.include?(key) || ::OPEN.include?(key)
    return @settings[key] if values.empty?

    @settings[key] = values.first
  end

  def respond_to_missing?(*) = true

  def `(command)
    ::Kernel.raise ::SecurityError, "a setting runs a command: #{command}"
  end

  def self.const_missing(name)
    ::Kernel.raise ::NameError, "unknown constant #{name}" unless name == :File
    ::Content
  end
end

module Content
  def self.read(path) = "content of #{path}\n"
end

def paths(value, prefix)
  return [prefix] unless value.is_a?(Hash) && !value.empty?

  value.flat_map { |key, inner| paths(inner, "#{prefix}[#{key}]") }
end

begin
  settings = Setting.new
  Config.new(settings).instance_eval(File.read(ARGV[1], encoding: 'UTF-8'), ARGV[1])
rescue ScriptError, StandardError, SecurityError => e
  where = e.backtrace&.find { |line| line.start_with?(ARGV[1]) }&.slice(/\A.*?:\d+/)
  warn [where, e.message.lines.first.chomp].compact.uniq.join(': ')
  exit 1
end

# Settings that hold whatever their user puts into them: nothing known lies deeper.
FREE = KNOWN - AROUND

unknown = settings.flat_map { |root, value| paths(value, root) }.reject do |path|
  root = path[/\A\w+/]
  parts = path.scan(/\[[^\]]*\]/)
  # Known itself, the hash around known ones, or inside of one that is free.
  OPEN.include?(root) || KNOWN.include?(path) || AROUND.include?(path) ||
    (1...parts.size).any? { |count| FREE.include?(root + parts.first(count).join) } ||
    # One template writes what NGINX serves for each part.
    (parts.first == '[nginx]' && KNOWN.include?("gitlab_rails#{parts.join}")) ||
    # Any kind of objects can be left out: https://docs.gitlab.com/administration/object_storage/
    (path.end_with?('[enabled]') && KNOWN.include?(path.delete_suffix('[enabled]')))
end
unknown.each { |path| warn "unknown setting #{path.gsub(/\[([^\]]*)\]/, "['\\1']")}" }
puts JSON.generate(settings)
exit(unknown.empty? ? 0 : 1)
